import { keyOfUser } from '../storage.ts';
import { stored, type Stored } from '../stored.ts';

/** How the user wants to be told of new messages in this browser. */
interface Alerts {
  notifications: boolean;
  sound: boolean;
  /** Whether notifications were offered and the user has answered. */
  isAnswered: boolean;
}

const unasked: Alerts = { notifications: false, sound: true, isAnswered: false };

export type AlertsOfUser = Stored<Alerts>;

export function alertsOf(userId: string): AlertsOfUser {
  return stored<Alerts>(keyOfUser(userId, 'alerts'), parse, (value) => JSON.stringify(value));
}

function parse(text: string | null): Alerts {
  try {
    const { notifications, sound, isAnswered } = JSON.parse(text ?? '') as Partial<Alerts>;
    return { notifications: notifications === true, sound: sound !== false, isAnswered: isAnswered === true };
  } catch {
    return unasked;
  }
}

/** Browsers show notifications of pages from a secure origin only. */
export const canNotify = (): boolean => 'Notification' in window && 'locks' in navigator;

/** Asks for the browser's permission. Call it in the handler of a press. */
export async function askToNotify(): Promise<boolean> {
  return (await Notification.requestPermission()) === 'granted';
}

import { keyOfUser } from '../storage.ts';
import { stored, type Stored } from '../stored.ts';

/** How one wants to be told of new messages, on this browser. */
interface Alerts {
  notifications: boolean;
  sound: boolean;
  /** Whether one was offered notifications, and has answered. */
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

/** Browsers show notifications of pages that came over HTTPS or from this machine, and those of phones of none. */
export const canNotify = (): boolean => 'Notification' in window && 'locks' in navigator;

/** Asks for the browser's permission: call it in answer to a press. */
export async function askToNotify(): Promise<boolean> {
  return (await Notification.requestPermission()) === 'granted';
}

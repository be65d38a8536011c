import { useTexts } from '../language/language.ts';
import { useSignedIn } from '../parley.ts';
import { notify } from '../ui/notices.tsx';
import { askToNotify } from './alerts.ts';

/** Switches notifications on or off. Switching them on asks for the browser's permission, so it needs a press. */
export function useSetNotifications(): (wanted: boolean) => Promise<void> {
  const texts = useTexts();
  const { alerts } = useSignedIn();
  return async (wanted) => {
    const isAllowed = wanted && (await askToNotify());
    if (wanted && !isAllowed) notify(texts.alerts.blocked);
    alerts.set({ ...alerts.get(), notifications: isAllowed, isAnswered: true });
  };
}

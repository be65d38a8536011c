import { useTexts } from '../language/language.ts';
import { useSignedIn } from '../parley.ts';
import { Choice } from '../settings/Choice.tsx';
import { useStored } from '../stored.ts';
import { canNotify } from './alerts.ts';
import { useSetNotifications } from './use-set-notifications.ts';

const states = ['on', 'off'] as const;

/** Settings for notifications of new messages and for their sound. */
export function AlertSettings() {
  const texts = useTexts();
  const { alerts } = useSignedIn();
  const { notifications, sound } = useStored(alerts);
  const setNotifications = useSetNotifications();
  if (!canNotify()) return null;
  const isOn = notifications && Notification.permission === 'granted';
  return (
    <>
      <Choice
        label={texts.alerts.notifications}
        options={states}
        value={isOn ? 'on' : 'off'}
        name={(state) => texts.alerts[state]}
        onChange={(state) => void setNotifications(state === 'on')}
      />
      {isOn && (
        <Choice
          label={texts.alerts.sound}
          options={states}
          value={sound ? 'on' : 'off'}
          name={(state) => texts.alerts[state]}
          onChange={(state) => alerts.set({ ...alerts.get(), sound: state === 'on' })}
        />
      )}
    </>
  );
}

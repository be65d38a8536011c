import { navigate } from '../router.ts';

/** Phones show notifications of a service worker only. A private window may have no service workers. */
async function worker(): Promise<ServiceWorkerRegistration | null> {
  try {
    await navigator.serviceWorker.register('/notifications.js');
    return await navigator.serviceWorker.ready;
  } catch {
    return null;
  }
}

/** Shows a notification of the system. A press on it opens the path. */
export async function showNotification(title: string, options: NotificationOptions, path: string): Promise<void> {
  const registration = await worker();
  if (registration) return registration.showNotification(title, { ...options, data: { path } });
  const notification = new Notification(title, options);
  notification.onclick = () => {
    window.focus();
    navigate(path);
    notification.close();
  };
}

/** Removes the notifications that are still shown. */
export async function closeNotifications(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  for (const notification of (await registration?.getNotifications()) ?? []) notification.close();
}

/** Opens the path of a notification that is pressed. Answers a function that stops this. */
export function followPresses(): () => void {
  const go = ({ data }: MessageEvent<{ path: string }>) => navigate(data.path);
  navigator.serviceWorker?.addEventListener('message', go);
  return () => navigator.serviceWorker?.removeEventListener('message', go);
}

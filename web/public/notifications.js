/*
 * The service worker shows notifications, which a page may not do on a phone, and opens the application when one is
 * pressed. It caches nothing and handles no requests.
 */
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.path));
});

async function open(path) {
  // Pages are sorted by their last use.
  const [page] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (!page) return self.clients.openWindow(path);
  page.postMessage({ path });
  return page.focus();
}

const product = 'Parley';

let page: string | null = null;
/** Null until it is known: the icon may still have the count of an earlier visit. */
let unread: number | null = null;

/** Names the page in the tab; null where it has no name of its own. */
export function setPageTitle(name: string | null): void {
  page = name;
  show();
}

/** In how many chats something is unread: in the tab's title, and on the application's icon where it is installed. */
export function setUnreadCount(count: number): void {
  if (count === unread) return;
  unread = count;
  show();
  if (!('setAppBadge' in navigator)) return;
  // What cannot be shown is in the title all the same.
  void (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => {});
}

function show(): void {
  document.title = (unread ? `(${unread}) ` : '') + (page === null ? product : `${page} · ${product}`);
}

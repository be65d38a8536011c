const product = 'Parley';

let page: string | null = null;
/** Null until the number is known: the icon may still show that of an earlier visit. */
let unread: number | null = null;

/** Sets the page's name in the tab's title; null for a page without a name. */
export function setPageTitle(name: string | null): void {
  page = name;
  show();
}

/** Shows the number of unread chats in the tab's title, and on the icon of an installed application. */
export function setUnreadCount(count: number): void {
  if (count === unread) return;
  unread = count;
  show();
  if (!('setAppBadge' in navigator)) return;
  // A browser may refuse the badge; the title shows the number in any case.
  void (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => {});
}

function show(): void {
  document.title = (unread ? `(${unread}) ` : '') + (page === null ? product : `${page} · ${product}`);
}

import { createSession } from '@parley/client';
import { navigate, parsePath, paths } from '../router.ts';
import { forgetUser } from '../storage.ts';
import { setPageTitle } from '../title.ts';
import { dismissAll } from '../ui/notices.tsx';

/** The session of this browser. */
export const session = createSession({ url: '/graphql' });

let userId = session.getSnapshot()?.user.id;
let isWish = false;
let isUnasked = false;

/** Whether the user was signed out without having asked for it in this tab. */
export const wasSignedOut = () => isUnasked;

export function signOut(): void {
  isWish = true;
  void session.signOut();
}

/** Called before a request of the user that ends this session too, and with false if it did not. */
export function expectEnd(isExpected: boolean): void {
  isWish = isExpected;
}

const isMessage = (path: string) => {
  const route = parsePath(path);
  return route.page === 'chat' && route.messageId !== null;
};

// At sign-out every tab removes the user's data from the storage, and from the address and the title.
session.subscribe(() => {
  const next = session.getSnapshot()?.user.id;
  if (next === userId) return;
  if (userId !== undefined) {
    forgetUser(userId);
    dismissAll();
    // A link to a message that could not be opened yet is opened after the next sign-in.
    const isLink = next === undefined && !isWish && isMessage(location.pathname);
    if (!isLink) navigate(paths.chats, { replace: true });
    setPageTitle(null);
  }
  isUnasked = next === undefined && !isWish;
  isWish = false;
  userId = next;
});

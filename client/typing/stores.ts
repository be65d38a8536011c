import type { EphemeralItem } from '../ephemeral/document.ts';
import type { User } from '../events/items.ts';
import { createStore, watched, type Readable, type Store } from '../store.ts';

/** The users who type in a chat, without the viewer. */
export interface Typing {
  /** The first of them, at most 5, in the order in which they began to type. */
  readonly users: readonly User[];
  /** The number of all of them. */
  readonly userCount: number;
}

export const nobody: Typing = { users: [], userCount: 0 };

interface WatchedChat {
  readonly store: Store<Typing>;
  watchers: number;
  timer?: ReturnType<typeof setTimeout>;
}

interface TypingStoresOptions {
  viewerId(): string | undefined;
  onWatched(): void;
}

/** The users who type in the chats on screen, until the next event or the end of their time. */
export class TypingStores {
  readonly #chats = new Map<string, WatchedChat>();
  readonly #options: TypingStoresOptions;

  constructor(options: TypingStoresOptions) {
    this.#options = options;
  }

  of(chatId: string): Readable<Typing> {
    const chat = this.#chats.get(chatId) ?? { store: createStore(nobody), watchers: 0 };
    this.#chats.set(chatId, chat);
    return watched(chat.store, (by) => {
      chat.watchers += by;
      if (by > 0) {
        this.#chats.delete(chatId);
        this.#chats.set(chatId, chat);
      }
      this.#options.onWatched();
    });
  }

  /** The chats on screen. Those that were opened last are at the end. */
  watched(): string[] {
    return [...this.#chats].flatMap(([chatId, { watchers }]) => (watchers > 0 ? chatId : []));
  }

  changed({ chatId = '', users = [], userCount = 0, expiresInMs = 0 }: EphemeralItem): void {
    const chat = this.#chats.get(chatId);
    if (!chat) return;
    show(chat, users, userCount, (id) => id === this.#options.viewerId());
    clearTimeout(chat.timer);
    chat.timer = setTimeout(() => chat.store.set(nobody), expiresInMs);
  }

  /** A message of the user has arrived, so they no longer type it. */
  sent(chatId: string, userId: string): void {
    const chat = this.#chats.get(chatId);
    if (!chat) return;
    const { users, userCount } = chat.store.getSnapshot();
    show(chat, users, userCount, (id) => id === userId);
  }
}

function show({ store }: WatchedChat, users: readonly User[], userCount: number, isOut: (id: string) => boolean): void {
  const others = users.filter(({ id }) => !isOut(id));
  const count = userCount - (users.length - others.length);
  store.set(count > 0 ? { users: others, userCount: count } : nobody);
}

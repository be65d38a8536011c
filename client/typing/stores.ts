import type { EphemeralItem } from '../ephemeral/document.ts';
import type { User } from '../events/items.ts';
import { createStore, watched, type Readable, type Store } from '../store.ts';

/** Who types in a chat, without the user themselves. */
export interface Typing {
  /** The first of them, at most 5, in the order in which they began. */
  readonly users: readonly User[];
  /** How many they are. */
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

/** Who types in the chats on screen, until it is told otherwise or its time is over. */
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

  /** The chats on screen, those that came last at the end. */
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

  /** Their message is here: they do not type it any more. */
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

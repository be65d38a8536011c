import type { Message } from '../database/generated/client.ts';
import type { PublicUser } from '../database/public-user.ts';
import type { LogEvent, Snapshot } from './catalogue.ts';

/** What is published on `chat:<id>`: the event's row, and the rows that its transaction wrote. */
export interface Published {
  event: LogEvent;
  snapshot?: Snapshot;
}

/** What is published on `user:<id>`: a membership begins at this position of this chat. */
export interface Joined {
  chatId: string;
  position: number;
}

type Json<T> = { [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K] };

export const encodePublished = (published: Published): string => JSON.stringify(published);

/** Dates are named, not guessed: a chat text that looks like a date stays a text. */
export function decodePublished(payload: string): Published {
  const { event, snapshot } = JSON.parse(payload) as {
    event: Json<LogEvent>;
    snapshot?: { message: Json<Message>; author?: Json<PublicUser> };
  };
  return {
    event: { ...event, occurredAt: new Date(event.occurredAt) },
    ...(snapshot && {
      snapshot: {
        message: {
          ...snapshot.message,
          createdAt: new Date(snapshot.message.createdAt),
          updatedAt: date(snapshot.message.updatedAt),
          deletedAt: date(snapshot.message.deletedAt),
        },
        ...(snapshot.author && { author: { ...snapshot.author, createdAt: new Date(snapshot.author.createdAt) } }),
      },
    }),
  };
}

const date = (text: string | null): Date | null => (text === null ? null : new Date(text));

export const encodeJoined = (joined: Joined): string => JSON.stringify(joined);
export const decodeJoined = (payload: string): Joined => JSON.parse(payload) as Joined;

import { expect } from 'vitest';
import type { TestServer, TestUser } from './app.ts';
import { SubscriptionSocket } from './socket.ts';
import { until } from './until.ts';

const EVENTS = `subscription ($since: [ChatPositionInput!]) {
  events(since: $since) { __typename ... on Event { chatId position } ... on MessageCreated { message { content chat { title } } } }
}`;

export interface FollowedItem {
  __typename: string;
  chatId: string | undefined;
  position: number | undefined;
  /** The time of its arrival, by `performance.now()`. */
  at: number;
}

/** Follows a user's `events` on one server, from now on or from the position of another follower. */
export class Follower {
  readonly items: FollowedItem[] = [];
  /** The code with which the server closed the socket. */
  closed: number | undefined;
  readonly errors: unknown[] = [];
  isCaughtUp = false;
  readonly socket: SubscriptionSocket;

  /** The follower is not caught up yet when it has been constructed. */
  constructor(
    user: TestUser,
    server: TestServer | number = user.server,
    since?: readonly { chatId: string; position: number }[],
  ) {
    const port = typeof server === 'number' ? server : server.app.port;
    this.socket = new SubscriptionSocket(
      { port, token: user.token, query: EVENTS, variables: { since } },
      {
        next: ({ data, errors }) => {
          if (errors) this.errors.push(errors);
          const { __typename, chatId, position } = (data?.events ?? {}) as FollowedItem;
          if (__typename === 'CaughtUp') this.isCaughtUp = true;
          if (data) this.items.push({ __typename, chatId, position, at: performance.now() });
        },
        over: ({ refused, code }) => {
          if (refused) this.errors.push(refused);
          this.closed = code;
        },
      },
    );
  }

  static async start(...args: ConstructorParameters<typeof Follower>): Promise<Follower> {
    const follower = new Follower(...args);
    await follower.caughtUp();
    return follower;
  }

  async caughtUp(): Promise<void> {
    await until(
      () => this.isCaughtUp,
      () => `CaughtUp, but ${JSON.stringify([this.items.at(-1), this.errors, this.closed])}`,
    );
  }

  /** The positions of a chat that it received, in order. */
  positions(chatId: string): number[] {
    return this.items.filter((item) => item.chatId === chatId).map(({ position }) => position!);
  }

  async reaches(chatId: string, position: number, deadline?: number): Promise<FollowedItem> {
    const reached = (item: FollowedItem) => item.chatId === chatId && item.position! >= position;
    await until(
      () => this.items.some(reached),
      () =>
        `position ${position}, but ${JSON.stringify(this.items.slice(-5))} ${JSON.stringify(this.errors)} ${this.closed}`,
      deadline,
    );
    return this.items.find(reached)!;
  }

  drop(): void {
    this.socket.drop();
  }
}

/** All positions from one to another. A follower must have received exactly these. */
export const consecutive = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

/** Prints a measured figure beside its test, and compares it with its bound. */
export function figure(what: string, value: number, { below, unit = 'ms' }: { below: number; unit?: string }): void {
  console.log(`${what}: ${Math.round(value)} ${unit} (below ${below})`);
  expect(value, what).toBeLessThan(below);
}

import pg from 'pg';
import { DatabaseTimeoutError } from './errors.ts';

/** Milliseconds after which an idle connection is first probed by TCP keep-alive. */
const KEEP_ALIVE_AFTER = 10_000;
/** Milliseconds that a connection may take to close. */
const CLOSE_WITHIN = 2_000;

/** Maximum milliseconds of each kind of waiting. */
export interface Deadlines {
  /** For a connection: a new one, or one that becomes free. */
  connect: number;
  /** For the execution of a statement, measured by PostgreSQL. */
  statement: number;
  /** For a lock that another transaction holds, within a statement. */
  lock: number;
  /** For the answer to a statement. It is longer than `statement`, so that only a broken connection exceeds it. */
  answer: number;
}

/**
 * For requests. To wait for a connection and then for a statement that is never answered takes less than `timeoutMs`.
 */
export const requestDeadlines = (timeoutMs: number): Deadlines => ({
  connect: timeoutMs / 3,
  statement: timeoutMs * 0.4,
  lock: timeoutMs / 4,
  answer: timeoutMs / 2,
});

/** For the server's own short statements, so that it notices a broken connection before requests do. */
export const reserveDeadlines = (timeoutMs: number): Deadlines => ({
  connect: timeoutMs / 5,
  statement: timeoutMs / 6,
  lock: timeoutMs / 7.5,
  answer: timeoutMs / 5,
});

/**
 * The open connections of one server. If one is not answered, those that received nothing meanwhile are closed with it.
 */
export type Connections = Set<{ closeIfSilentSince(time: number): void }>;

interface PoolOptions {
  client: pg.ClientConfig;
  size: number;
  deadlines: Deadlines;
  connections: Connections;
}

/** Opens a pool in which nothing waits for ever: a connection that is not answered in time is destroyed. */
export function openPool({ client, size, deadlines, connections }: PoolOptions): pg.Pool {
  class Connection extends pg.Client {
    #heardAt = performance.now();
    #waiting = 0;

    constructor(config?: pg.ClientConfig) {
      super(config);
      // The pending statement fails with the same error. Without a listener the event would end the process.
      this.on('error', () => undefined);
      connections.add(this);
      this.on('end', () => connections.delete(this));
    }

    /**
     * The option `query_timeout` of `pg` is not used: it leaves the connection open and gives it to the next statement.
     */
    override query(...args: unknown[]): never {
      const answered = this.#expectAnswer();
      const last = args.at(-1);
      if (typeof last === 'function') {
        args[args.length - 1] = (...results: unknown[]) => {
          answered();
          Reflect.apply(last, undefined, results);
        };
      }
      const result: unknown = Reflect.apply(super.query, this, args);
      if (result instanceof Promise) result.then(answered, answered);
      return result as never;
    }

    override end(...args: unknown[]): never {
      const timer = setTimeout(() => this.connection.stream.destroy(), CLOSE_WITHIN).unref();
      this.once('end', () => clearTimeout(timer));
      return Reflect.apply(super.end, this, args) as never;
    }

    closeIfSilentSince(time: number): void {
      if (this.#waiting === 0 && this.#heardAt < time) this.connection.stream.destroy();
    }

    #expectAnswer(): () => void {
      const sentAt = performance.now();
      this.#waiting++;
      let isWaiting = true;
      const giveUp = () => {
        if (!isWaiting) return;
        this.connection.stream.destroy(new DatabaseTimeoutError());
        for (const connection of connections) connection.closeIfSilentSince(sentAt);
      };
      // Wait until the sockets have been read: if this process was blocked, the answer may have arrived already.
      const timer = setTimeout(() => setImmediate(giveUp), deadlines.answer);
      return () => {
        if (!isWaiting) return;
        isWaiting = false;
        this.#waiting--;
        this.#heardAt = performance.now();
        clearTimeout(timer);
      };
    }
  }

  const pool = new pg.Pool({
    ...client,
    max: size,
    connectionTimeoutMillis: deadlines.connect,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER,
    Client: Connection,
    onConnect: (connection) => connection.query(settings(deadlines)),
  });
  // The pool has already dropped a connection that breaks while it is idle. Without a listener the event would end the
  // process. The adapter listens too, but only between its first query and `$disconnect`.
  pool.on('error', () => undefined);
  return pool;
}

/** The settings are statements, because poolers refuse unknown start-up parameters. */
const settings = ({ statement, lock, answer }: Deadlines): string =>
  [
    // The adapter reads every time as UTC, whatever time zone the server is configured for.
    `SET TIME ZONE 'UTC'`,
    // JIT compilation of a long statement takes longer than its execution.
    'SET jit = off',
    `SET statement_timeout = ${Math.ceil(statement)}`,
    `SET lock_timeout = ${Math.ceil(lock)}`,
    `SET idle_in_transaction_session_timeout = ${Math.ceil(answer)}`,
  ].join('; ');

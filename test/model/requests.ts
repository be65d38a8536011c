import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { mutations } from './documents.ts';
import type { OwnState } from './own-states.ts';

export interface Answer extends Partial<OwnState> {
  __typename: string;
  id?: string;
  code?: string;
  note?: string | null;
}

interface Request {
  token: string;
  /** The server that is asked first. */
  on: number;
  query: string;
  variables: object;
  headers?: Record<string, string>;
}

/** Repeats a request until there is an answer, each time at the other server. */
export class Requests {
  /**
   * Messages whose answer was lost with a dying server and whose retry was refused. They may have been written, and
   * their author may have lost access to the chat since.
   */
  inDoubt = 0;
  readonly faults: string[] = [];
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Runs a mutation. Its key makes it happen once. */
  async mutate(token: string, on: number, name: keyof typeof mutations, input: object): Promise<Answer | undefined> {
    const headers = { 'idempotency-key': randomUUID() };
    const request = { token, on, query: mutations[name], variables: { input }, headers };
    const { answer, lost } = await this.#ask<Answer>(request);
    if (answer && name === 'sendMessage' && lost > 0 && answer.__typename !== 'Message') this.inDoubt++;
    return answer ?? undefined;
  }

  /** Returns the result of the query's only field. */
  async read<T>(token: string, on: number, query: string, variables: object = {}): Promise<T | null> {
    return (await this.#ask<T>({ token, on, query, variables })).answer ?? null;
  }

  async #ask<T>(request: Request): Promise<{ answer?: T | null; lost: number }> {
    const deadline = performance.now() + 30_000;
    let lost = 0;
    for (let attempt = 0; performance.now() < deadline; attempt++) {
      const port = this.#cluster.port((request.on + attempt) % 2);
      const data = port === null ? undefined : await this.#post(port, request);
      if (data) return { answer: Object.values(data)[0] as T | null, lost };
      if (port !== null) lost++;
      await sleep(5);
    }
    this.faults.push(`${request.query.slice(0, 60)} got no answer from any server`);
    return { lost };
  }

  /** Returns the answer, or nothing if the server died before. */
  async #post(port: number, { token, query, variables, headers }: Request): Promise<object | undefined> {
    let body: { data?: object; errors?: unknown };
    try {
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
        body: JSON.stringify({ query, variables }),
      });
      body = (await response.json()) as typeof body;
    } catch {
      return undefined;
    }
    if (body.errors) this.faults.push(`${query.slice(0, 60)}: ${JSON.stringify(body.errors)}`);
    return body.data ?? {};
  }
}

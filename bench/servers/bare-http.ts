/**
 * Handlers on `node:http` and `pg`, written by hand: no GraphQL, no token, no rules beyond the statement's, and nothing
 * is published.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import pg from 'pg';
import { environment, listen } from './listen.ts';
import { chatsStatement, pageStatement, reactionsStatement, sendStatement } from './statements.ts';

const pool = new pg.Pool({ connectionString: environment('DATABASE_URL'), max: 10 });

interface Body {
  chatId: string;
  userId: string;
  content: string;
}

interface Row {
  id: string;
  messageId: string;
}

/** Each statement is prepared once for each connection. */
const run = async (name: string, text: string, values: unknown[]) =>
  (await pool.query<Row>({ name, text, values })).rows;

async function send({ chatId, userId, content }: Body) {
  const id = randomUUID();
  const [locked] = await run('send', sendStatement, [id, chatId, userId, content]);
  return { id, ...locked };
}

async function page({ chatId, userId }: Body) {
  const messages = await run('page', pageStatement, [chatId, userId]);
  const ids = messages.map(({ id }) => id);
  const reactionsOf = new Map<string, Row[]>(ids.map((id) => [id, []]));
  for (const reaction of await run('reactions', reactionsStatement, [ids]))
    reactionsOf.get(reaction.messageId)!.push(reaction);
  return messages.map((message) => ({ ...message, reactions: reactionsOf.get(message.id) })).reverse();
}

const chats = ({ userId }: Body) => run('chats', chatsStatement, [userId]);

const routes = new Map<string | undefined, (body: Body) => Promise<unknown>>([
  ['/send', send],
  ['/page', page],
  ['/chats', chats],
]);

async function read(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Body;
}

listen(
  createServer((request, response) => {
    const answer = async () => {
      const body = Buffer.from(JSON.stringify(await routes.get(request.url)!(await read(request))));
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
    };
    answer().catch((error: unknown) => response.writeHead(500).end(String(error)));
  }),
);

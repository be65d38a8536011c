/**
 * `npm run seed` fills a demo: three accounts and their chats. It starts a server of its own and does what any client
 * would. Where ada has an account already, nothing is done.
 */
import { pino } from 'pino';
import { startApp } from '../src/app.ts';
import { ConfigError, readConfig } from '../src/config.ts';
import { DatabaseUnavailableError } from '../src/database/errors.ts';
import type { PrismaClient } from '../src/database/generated/client.ts';
import { openDatabase } from '../src/database/open.ts';
import { createMemoryPubSub } from '../src/events/memory.ts';
import { decodeId } from '../src/graphql/ids.ts';
import { keptSecret } from '../src/session/kept-secret.ts';

const password = 'correct horse battery';
const credentials = `Sign in as ada, grace or linus with the password: ${password}`;

class RefusedError extends Error {}

/** Someone who speaks to the API. `does` answers with the id of what a mutation answers. */
interface Person {
  id: string;
  does(mutation: string, input: object): Promise<string>;
}

async function signUp(url: string, username: string, displayName: string): Promise<Person> {
  const ask = async (query: string, input: object, token?: string) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables: { input } }),
    });
    const { data, errors } = (await response.json()) as {
      data?: { answer: { accessToken: string; user: { id: string }; id: string; message?: string } };
      errors?: { message: string }[];
    };
    if (!data || data.answer.message !== undefined)
      throw new RefusedError(data?.answer.message ?? errors?.[0]?.message);
    return data.answer;
  };
  const { accessToken, user } = await ask(
    `mutation ($input: SignUpInput!) {
       answer: signUp(input: $input) { ... on Session { accessToken user { id } } ... on Error { message } }
     }`,
    { username, displayName, password },
  );
  return {
    id: user.id,
    async does(mutation, input) {
      const type = ['addReaction', 'removeReaction'].includes(mutation) ? 'ReactionInput' : inputType(mutation);
      const query = `mutation ($input: ${type}!) { answer: ${mutation}(input: $input) { ... on Node { id } ... on Error { message } } }`;
      return (await ask(query, input, accessToken)).id;
    },
  };
}

const inputType = (mutation: string) => `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;

async function openChat(maker: Person, chat: { kind: 'DIRECT' | 'GROUP'; title?: string; with: Person[] }) {
  const { with: others, ...input } = chat;
  const chatId = await maker.does('createChat', { ...input, memberIds: others.map(({ id }) => id) });
  return {
    chatId,
    say: (who: Person, content: string, replyToId?: string) => who.does('sendMessage', { chatId, content, replyToId }),
    react: async (emoji: string, messageId: string, ...people: Person[]) => {
      for (const who of people) await who.does('addReaction', { messageId, emoji });
    },
  };
}

async function seed(url: string, db: PrismaClient): Promise<void> {
  const ada = await signUp(url, 'ada', 'Ada Lovelace');
  const grace = await signUp(url, 'grace', 'Grace Hopper');
  const linus = await signUp(url, 'linus', 'Linus Torvalds');

  const engine = await openChat(ada, { kind: 'GROUP', title: 'Analytical Engine', with: [grace, linus] });
  await ada.does('setChatMemberRole', { chatId: engine.chatId, userId: grace.id, role: 'ADMIN' });
  await engine.say(ada, 'Welcome! Here we plan the next release of the engine.');
  const notes = await engine.say(ada, 'My notes on the Bernoulli numbers are done. Note G is the long one.');
  await engine.react('🎉', notes, grace, linus);
  await engine.say(grace, 'Read them on the train. Card 7 repeats: is that on purpose?', notes);
  const loop = await engine.say(ada, 'Yes. The cards go back and run again until the result is there.');
  await engine.react('🤯', loop, grace);
  await engine.say(linus, 'So it is a loop. Ship it.', loop);
  const moth = await engine.say(grace, 'Before we ship: a moth got into relay 70. I taped it into the logbook.');
  await engine.react('🐛', moth, ada, linus);
  await engine.react('😂', moth, linus);
  const patch = await engine.say(linus, 'Patch for the relay is out. Reviews welcome.');
  await linus.does('editMessage', {
    messageId: patch,
    content: 'Patch for the relay is out, second version. Reviews welcome, blunt ones too.',
  });
  const review = await engine.say(grace, 'Looks good. One thing: say in the commit why, not only what.', patch);
  await engine.react('👍', review, ada, linus);
  await linus.does('deleteMessage', { messageId: await engine.say(linus, 'wrong window, sorry') });
  await engine.say(ada, 'Then the release is on Friday. I bring cake. 🍰');
  await shiftTimes(db, engine.chatId, { began: 50, pace: 65 });

  const lunch = await openChat(grace, { kind: 'GROUP', title: 'Lunch', with: [ada, linus] });
  const noodles = await lunch.say(grace, 'Noodles at 12:30?');
  await lunch.react('🍜', noodles, ada, linus);
  await lunch.say(linus, 'I am in. Table by the window, please.');
  await lunch.say(ada, 'Ten minutes late, order me what Grace has.', noodles);
  await shiftTimes(db, lunch.chatId, { began: 26, pace: 4 });

  const direct = await openChat(ada, { kind: 'DIRECT', with: [grace] });
  await direct.say(ada, 'Do you have a minute to look at the draft for Thursday’s talk?');
  const wire = await direct.say(grace, 'Of course. Bring a piece of wire, 30 cm: a nanosecond.');
  await direct.react('❤️', wire, ada);
  await direct.say(ada, 'Cut and packed. See you at ten.');
  await shiftTimes(db, direct.chatId, { began: 3, pace: 9 });
}

/** Gives a chat a past, which no client can: its events happened `pace` minutes apart, since `began` hours ago. */
async function shiftTimes(db: PrismaClient, globalId: string, { began, pace }: { began: number; pace: number }) {
  const chatId = decodeId(globalId)?.id;
  await db.$transaction([
    db.$executeRaw`
      UPDATE event SET occurred_at =
        clock_timestamp() - make_interval(hours => ${began}::int) + make_interval(mins => ${pace}::int * (position - 1))
      WHERE chat_id = ${chatId}::uuid`,
    db.$executeRaw`
      UPDATE message m SET
        created_at = (SELECT occurred_at FROM event e WHERE e.chat_id = m.chat_id AND e.position = m.position),
        updated_at = (SELECT max(occurred_at) FROM event e WHERE e.message_id = m.id AND e.type = 'MESSAGE_EDITED'),
        deleted_at = (SELECT max(occurred_at) FROM event e WHERE e.message_id = m.id AND e.type = 'MESSAGE_DELETED')
      WHERE m.chat_id = ${chatId}::uuid`,
    db.$executeRaw`
      UPDATE reaction r SET created_at = e.occurred_at FROM event e
      WHERE e.chat_id = ${chatId}::uuid AND e.reaction_id = r.id AND e.type = 'REACTION_ADDED'`,
    db.$executeRaw`
      UPDATE chat_member m SET joined_at = e.occurred_at FROM event e
      WHERE m.chat_id = ${chatId}::uuid AND e.chat_id = m.chat_id AND e.position = m.joined_position`,
    db.$executeRaw`
      UPDATE chat c SET
        created_at = (SELECT occurred_at FROM event e WHERE e.chat_id = c.id AND e.position = 1),
        last_activity_at = (SELECT max(created_at) FROM message m WHERE m.chat_id = c.id)
      WHERE c.id = ${chatId}::uuid`,
  ]);
}

async function main(): Promise<void> {
  const config = readConfig();
  const database = await openDatabase(config.database);
  if ((await database.db.user.count({ where: { username: 'ada' } })) > 0) {
    console.log(`There is an account ada already: nothing was done. ${credentials}`);
    return database.close();
  }
  const app = await startApp({
    ...config,
    database,
    // Servers on the same database find in the log what is written here.
    pubsub: createMemoryPubSub(),
    logger: pino({ level: 'warn' }),
    auth: config.auth ?? { by: 'accounts', secret: keptSecret(config.database.dataDir) },
    idempotency: 'optional',
    host: '127.0.0.1',
    port: 0,
    webRoot: '',
  });
  try {
    await seed(`http://127.0.0.1:${app.port}/graphql`, database.db);
    console.log(`The demo is there. ${credentials}`);
  } finally {
    await app.stop();
    await database.close();
  }
}

main().catch((error: unknown) => {
  const expected = [ConfigError, DatabaseUnavailableError, RefusedError].some((type) => error instanceof type);
  console.error(expected ? (error as Error).message : error);
  process.exitCode = 1;
});

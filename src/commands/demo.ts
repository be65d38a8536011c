import type { PrismaClient } from '../database/generated/client.ts';
import { decodeId } from '../graphql/ids.ts';
import { CommandError } from './run.ts';

/** The password of all three accounts. */
export const demoPassword = 'correct horse battery';

/** A user of the API. `does` runs a mutation and returns the id of its result. */
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
      throw new CommandError(data?.answer.message ?? errors?.[0]?.message);
    return data.answer;
  };
  const { accessToken, user } = await ask(
    `mutation ($input: SignUpInput!) {
       answer: signUp(input: $input) { ... on Session { accessToken user { id } } ... on Error { message } }
     }`,
    { username, displayName, password: demoPassword },
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

/** Three people and their chats, made through the API at `url`. */
export async function makeDemo(url: string, db: PrismaClient): Promise<void> {
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

/** Moves the events of a chat into the past: they begin `began` hours ago and are `pace` minutes apart. */
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

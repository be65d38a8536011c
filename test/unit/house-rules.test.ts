import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { expect, test } from 'vitest';

// The files of these tests do not exist, so rules that need types are off.
const eslint = new ESLint({ overrideConfig: tseslint.configs.disableTypeChecked as object });

async function complaints(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return result!.messages.map(({ message }) => message);
}

test.each([
  ['src/log/log-reader.ts', "import { canRename } from '../chat/chat.rules.ts';", 'Imports run one way'],
  ['src/message/message.service.ts', "import { Context } from '../context.ts';", 'Imports run one way'],
  ['src/chat/chat.schema.ts', "import { schema } from '../schema.ts';", 'Imports run one way'],
  ['src/chat/chat.schema.ts', "import { Message } from '../message/message.schema.ts';", 'in the slice that owns'],
  ['src/user/user.service.ts', "const gate = await import('../chat/chat.access.ts');", 'in the slice that owns'],
  ['src/chat/chat.rules.ts', "import { GraphQLError } from 'graphql';", 'know no GraphQL'],
  ['src/message/message.group-commit.ts', "import { rowId } from '../graphql/ids.ts';", 'know no GraphQL'],
  ['src/delivery/hub.ts', "import type { GraphQLError } from 'graphql';", 'know no GraphQL'],
  ['src/chat/chat.rules.ts', "import { Prisma } from '../database/generated/client.ts';", 'Rules are pure'],
  ['src/transport/http.ts', "import { Redis } from 'ioredis';", 'Use the PubSub contract'],
  ['src/delivery/hub.ts', "import { RedisPubSub } from 'graphql-redis-subscriptions';", 'Use the PubSub contract'],
  ['src/main.ts', 'const { PORT } = process.env;', 'Only src/config/config.ts reads the environment'],
  ['src/app.ts', "import { env } from 'node:process';", 'Only src/config/config.ts reads the environment'],
  ['src/app.ts', "import { createParley } from '../client/apollo.ts';", 'knows neither its clients nor its tests'],
  ['client/core.ts', "import { limits } from '../src/limits.ts';", 'The client kit may know only the API'],
  [
    'web/App.ts',
    "import { eventTypes } from '../src/log/event-types.ts';",
    'may import only src/limits.ts and src/chat/chat.rights.ts',
  ],
  ['src/limits.ts', 'export default {};', 'Use a named export'],
  ['src/chat/chats.ts', "export { canRename } from './chat.rules.ts';", 'Import from the file that defines it'],
  ['src/chat/index.ts', 'export const chat = 1;', 'Name the file after its content'],
  ['src/chat/chat-utils.ts', 'export const chat = 1;', 'Name the file after its content'],
])('%s may not contain: %s', async (file, code, advice) => {
  expect(await complaints(file, code)).toEqual([expect.stringContaining(advice)]);
});

test.each([
  ['src/pubsub/redis.ts', "import { Redis } from 'ioredis';"],
  ['src/config/config.ts', 'export const env = process.env;'],
  ['src/chat/chat.rules.ts', "import type { ChatRole } from '../database/generated/client.ts';"],
  ['src/message/message.schema.ts', "import { Chat } from '../chat/chat.schema.ts';"],
  ['web/App.ts', "import { limits } from '../src/limits.ts';"],
  ['web/App.ts', "import { canDeleteChat } from '../src/chat/chat.rights.ts';"],
  ['client/apollo.ts', "export { createParley } from './apollo/parley.ts';"],
  ['web/vite.config.ts', 'export default {};'],
  ['test/support/services.ts', "import { Redis } from 'ioredis';\nconst url = process.env.REDIS_URL;"],
])('%s may contain: %s', async (file, code) => {
  expect(await complaints(file, code)).toEqual([]);
});

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encodePublished } from '../src/log/wire-format.ts';
import { logEvent } from '../src/log/chat-transaction.ts';
import type { Wire } from './load/publisher.ts';
import type { MeasuredOperation } from './operations.ts';
import { ServerProcess } from './server-process.ts';

/** The services that the servers of a run share. */
export interface Surroundings {
  databaseUrl: string;
  redisUrl: string;
  /** Prefix of every channel. */
  prefix: string;
  jwtSecret: string;
  /** The directory for CPU profiles, if they are wanted. */
  profiles?: string | undefined;
}

export type SystemName = 'parley' | 'raw' | 'yoga' | 'apollo' | 'bare' | 'blast';

export const titles: Record<SystemName, string> = {
  parley: 'Parley',
  raw: 'raw `ws`',
  yoga: 'Yoga + graphql-ws',
  apollo: 'Apollo Server + graphql-ws',
  bare: '`node:http` + `pg`',
  blast: 'ready frames',
};

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
/** All servers run with the flags that `npm start` gives Parley. */
const { scripts: npm } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } };
const flags = npm.start.split(' ').filter((word) => word.startsWith('--'));
const scripts: Record<SystemName, string> = {
  parley: 'src/main.js',
  raw: 'bench/servers/raw-ws.js',
  yoga: 'bench/servers/yoga.js',
  apollo: 'bench/servers/apollo.js',
  bare: 'bench/servers/bare-http.js',
  blast: 'bench/servers/blast.js',
};

let started = 0;

export function startSystem(
  name: SystemName,
  { databaseUrl, redisUrl, prefix, jwtSecret, profiles }: Surroundings,
  env: Record<string, string> = {},
): Promise<ServerProcess> {
  return ServerProcess.start({
    flags,
    script: join(dist, scripts[name]),
    probe: pathToFileURL(join(dist, 'bench/servers/probe.js')).href,
    env: {
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      REDIS_PREFIX: prefix,
      JWT_SECRET: jwtSecret,
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'warn',
      ...env,
    },
    profile: profiles && join(profiles, `${name}-${++started}.cpuprofile`),
  });
}

/** How each server that fans out is told of a message, over the same Redis. */
export function wireOf(name: SystemName, prefix: string, operation: MeasuredOperation): Wire {
  if (name === 'parley') {
    return {
      channel: (chatId) => `${prefix}:chat:${chatId}`,
      encode: ({ at, ...written }) =>
        encodePublished({
          event: logEvent(
            { type: 'MESSAGE_CREATED', actorId: written.authorId, messageId: written.id },
            written.chatId,
            written.position,
            at,
          ),
          snapshot: {
            message: {
              ...written,
              revision: written.position,
              type: 'TEXT',
              payload: null,
              replyToId: null,
              mentionsEveryone: false,
              createdAt: at,
              updatedAt: null,
              deletedAt: null,
            },
            author: { id: written.authorId, username: 'user_0', displayName: 'User 0', createdAt: at },
          },
        }),
    };
  }
  return {
    channel: (chatId) => `${prefix}:${operation.field}:${chatId}`,
    // The broadcast server gets the text that its clients get. The standard servers get the rows that their resolvers
    // read.
    encode: (message) =>
      JSON.stringify(
        name === 'raw'
          ? { id: randomUUID(), type: 'next', payload: { data: operation.data(message) } }
          : operation.data(message),
      ),
  };
}

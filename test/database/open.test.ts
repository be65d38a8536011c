import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/database/open.ts';
import { openTestDatabase } from '../support/database.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

test('the database is migrated and has an id of its deployment', async () => {
  expect(database.deploymentId).toMatch(/^[0-9a-f-]{36}$/);
  await expect(database.db.deployment.findMany()).resolves.toMatchObject([{ id: database.deploymentId }]);
});

test('times are read as they were written, in any time zone of the process', async () => {
  const zone = process.env.TZ;
  process.env.TZ = 'America/New_York';
  try {
    const createdAt = new Date('2026-07-01T12:34:56.789Z');
    const username = `ada_${Date.now()}`;
    await database.db.user.create({ data: { username, displayName: 'Ada', createdAt } });
    await expect(database.db.user.findUnique({ where: { username } })).resolves.toMatchObject({ createdAt });

    const [now] = await database.db.$queryRaw<[{ now: Date }]>`SELECT clock_timestamp() AS now`;
    expect(Math.abs(now.now.getTime() - Date.now())).toBeLessThan(60_000);
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test('a pair has only one direct chat that is not deleted', async () => {
  const { db } = database;
  const { id: createdById } = await db.user.create({ data: { username: `eve_${Date.now()}`, displayName: 'Eve' } });
  const at = new Date();
  const chat = {
    kind: 'DIRECT',
    createdById,
    createdAt: at,
    lastActivityAt: at,
    position: 1,
    rightsVersion: 1,
  } as const;
  const directPair = `${createdById}:other`;
  await db.chat.create({ data: { ...chat, directPair, deletedAt: at } });
  await db.chat.create({ data: { ...chat, directPair } });

  await expect(db.chat.create({ data: { ...chat, directPair } })).rejects.toThrow(/Unique constraint/);
});

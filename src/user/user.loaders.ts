import DataLoader from 'dataloader';
import { byKey } from '../database/batch.ts';
import { columns } from '../database/columns.ts';
import { Prisma } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import { publicUser, type PublicUser } from '../database/public-user.ts';

export const createUserLoader = (statement: Statement) =>
  new DataLoader<string, PublicUser | null>(async (ids) => {
    const users = await statement<PublicUser>(Prisma.sql`
      SELECT ${columns('u', publicUser)} FROM "user" u WHERE u.id = ANY(${ids}::uuid[])`);
    return byKey(ids, users, (user) => user.id);
  });

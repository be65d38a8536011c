import DataLoader from 'dataloader';
import { byKey } from '../database/batch.ts';
import { columns } from '../database/columns.ts';
import { Prisma, type ViewerSettings } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import { settingsByDefault, type Settings } from './preferences.rules.ts';

/** Loads the settings of users, in one statement. */
export const createViewerSettingsLoader = (statement: Statement) =>
  new DataLoader<string, Settings>(async (userIds) => {
    const rows = await statement<ViewerSettings>(Prisma.sql`
      SELECT ${columns('v', Prisma.ViewerSettingsScalarFieldEnum)} FROM viewer_settings v
      WHERE v.user_id = ANY(${userIds}::uuid[])`);
    return byKey(userIds, rows, ({ userId }) => userId).map((row) => row ?? settingsByDefault);
  });

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A type of event that only the newer build knows, and its item in the API. */
const NEWER_EVENT = 'CHAT_RENAMED';
export const NEWER_ITEM = 'ChatRenamed';

/**
 * Makes a copy of this build as its next version could be: renaming a chat writes an event of a new type, which has an
 * item of its own. Its migration is declared compatible.
 */
export function makeNewerBuild(): { directory: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'parley-newer-'));
  for (const name of ['src', 'prisma/migrations', 'package.json', 'tsconfig.json']) {
    cpSync(name, join(directory, name), { recursive: true });
  }
  symlinkSync(resolve('node_modules'), join(directory, 'node_modules'));

  const change = (file: string, before: string, after: string) => {
    const path = join(directory, file);
    const text = readFileSync(path, 'utf8');
    if (text.split(before).length !== 2) throw new Error(`${file} must contain once: ${before}`);
    writeFileSync(
      path,
      text.replace(before, () => after),
    );
  };
  const known = '  CHAT_UPDATED: {';
  const entry = `  ${NEWER_EVENT}: { item: '${NEWER_ITEM}', in: ['chatUpdated'], about: 'chat' },\n`;
  change('src/log/event-types.ts', known, entry + known);
  const rename = "change.record({ type: 'CHAT_UPDATED', actorId: caller.userId });";
  change('src/chat/chat.service.ts', rename, rename.replace('CHAT_UPDATED', NEWER_EVENT));
  const type = "export const ChatDeleted = eventRef('ChatDeleted')";
  const newerType = `eventRef('${NEWER_ITEM}').implement({
  description: 'The chat’s title changed.',
  interfaces,
  fields: (t) => ({ chat: t.field({ type: Chat, description: 'The chat as it now is.', resolve: chatOf }) }),
});\n\n`;
  change('src/chat/chat.events.ts', type, newerType + type);

  const migration = join(directory, 'prisma/migrations/99991231235959_newer');
  mkdirSync(migration);
  const sql = `-- parley: compatible\nALTER TYPE event_type ADD VALUE '${NEWER_EVENT}';\n`;
  writeFileSync(join(migration, 'migration.sql'), sql);
  return { directory, remove: () => rmSync(directory, { recursive: true }) };
}

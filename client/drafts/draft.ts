/** The content of a draft. An empty text without a reply is not a draft. */
export interface DraftText {
  readonly content: string;
  /** The id of the message that it replies to. */
  readonly replyToId: string | null;
}

/** A draft on the server, or the deletion of one. */
export interface ServerDraft extends DraftText {
  readonly version: number;
}

/** The draft of a chat. */
export interface ChatDraft extends DraftText {
  /**
   * The text that another device has written in the meantime. Both texts are kept, and this one is not saved, until
   * `drafts.resolve` chooses one.
   */
  readonly conflict: DraftText | null;
  /** The reason why the server refuses the draft. It is then kept only on this device. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The state of one draft on this device. */
export interface KnownDraft {
  /** The newest draft from the server. */
  readonly server: ServerDraft | undefined;
  /** The text that was written here and is not saved, with the version of the server's draft that it replaces. */
  readonly local: ServerDraft | undefined;
  /** The text that is being saved. */
  readonly saving: DraftText | undefined;
  readonly error: ChatDraft['error'];
}

export const nothingBegun: ChatDraft = { content: '', replyToId: null, conflict: null, error: null };
export const unknownDraft: KnownDraft = { server: undefined, local: undefined, saving: undefined, error: null };

export const isEmpty = ({ content, replyToId }: DraftText): boolean => content === '' && replyToId === null;

/** The server stores texts in NFC. */
const isSame = (one: DraftText, other: DraftText): boolean =>
  one.content.normalize('NFC') === other.content.normalize('NFC') && one.replyToId === other.replyToId;

/** Whether another device has changed the draft since it was read here, and both have a text. */
export const isConflict = ({ server, local }: KnownDraft): boolean =>
  server !== undefined &&
  local !== undefined &&
  server.version > local.version &&
  !isEmpty(server) &&
  !isSame(server, local);

export function written(known: KnownDraft, text: DraftText): KnownDraft {
  const { server = nothingBegun, local, saving } = known;
  const isSaved = !saving && !isConflict(known) && isSame(text, server);
  const version = local?.version ?? known.server?.version ?? 0;
  return { ...known, error: null, local: isSaved ? undefined : { ...text, version } };
}

/** Takes a draft from the server, or its deletion. An older one changes nothing. */
export function told(known: KnownDraft, server: ServerDraft): KnownDraft {
  if (known.server && server.version <= known.server.version) return known;
  const { local, saving } = known;
  if (!local) return { ...known, server };
  // If a draft is deleted elsewhere, a text that was written here stays and is saved again.
  const isOwn = (saving && isSame(server, saving)) || isEmpty(server);
  if (isOwn) return { ...known, server, local: { ...local, version: server.version } };
  return { ...known, server, local: isEmpty(local) || (!saving && isSame(server, local)) ? undefined : local };
}

/** The text that was being saved is now saved, as this version. */
export function saved({ saving, ...known }: KnownDraft, version: number): KnownDraft {
  if (!saving) return { ...known, saving };
  const server = { ...saving, version };
  const next = told({ ...known, saving }, server);
  const { local } = next;
  if (!local || isSame(local, saving)) return { ...next, saving: undefined, local: undefined };
  return { ...next, saving: undefined, local: { ...local, version: Math.max(local.version, version) } };
}

export function shownDraft(known: KnownDraft): ChatDraft {
  const { server = nothingBegun, local, error } = known;
  const { content, replyToId } = local ?? server;
  const conflict = isConflict(known) ? { content: server.content, replyToId: server.replyToId } : null;
  return { content, replyToId, conflict, error };
}

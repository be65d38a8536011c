/** Every limit of the API, once. The schema's descriptions and the error messages are written from here. */
export const limits = {
  /** Characters as people count them (grapheme clusters), and bytes of UTF-8. */
  messageContent: { characters: 4_000, bytes: 16 * 1024 },
  /** Bytes of JSON, and depth of arrays and objects: deep values overflow the stacks of clients. */
  messagePayload: { bytes: 16 * 1024, depth: 100 },
  chatTitle: { characters: 120, bytes: 2 * 1024 },
  username: { min: 3, max: 32, bytes: 128 },
  /** The `Authorization` header. Tokens of identity providers may have many claims. */
  authorization: { bytes: 16 * 1024 },
  displayName: { characters: 64, bytes: 1024 },
  password: { min: 10, max: 200, bytes: 1_600 },
  /** Hashes on each server at once. A hash takes tens of milliseconds of a core, and 19 MiB. */
  passwordHashes: { running: 4, waiting: 100, retryAfterMs: 2_000 },
  /** Maximum number of users that a user has blocked. */
  blocks: 1_000,
  /** Characters of a device's name, and the number of sessions that `sessions` lists. */
  device: 120,
  listedSessions: 100,
  chatMembers: 10_000,
  /** Users whom one message mentions, and members of a chat in which every member may mention everyone. */
  mentions: 50,
  mentionEveryoneMembers: 100,
  /** Different emoji on one message, each used by any number of users. */
  reactionsPerMessage: 20,
  /** Reactions that `Message.reactions` lists. All of them are in pages, by emoji. */
  listedReactions: 100,
  shortcode: { max: 64 },
  /** Drafts and saved messages of a user, and the note of a saved one. */
  draft: { characters: 4_000, bytes: 16 * 1024 },
  drafts: 1_000,
  savedMessages: 1_000,
  note: { characters: 500, bytes: 4 * 1024 },
  /** Maximum number of pinned chats of a user. */
  pinnedChats: 100,
  /** Unread messages and mentions of a chat are counted up to this number. */
  unreadCount: 100,
  /** Maximum members of a chat that has receipts, and of one that has delivery receipts. */
  receiptMembers: 100,
  deliveryReceiptMembers: 20,
  /** Members of a chat in which typing is reported, and the number of users who are named. */
  typingMembers: 100,
  typingUsers: 5,
  /** Typing notices of one user in a second, in all chats together. */
  typingNotices: 5,
  /** Chats in one `markDelivered`. */
  deliveredPositions: 200,
  /** Chats and users in one `ephemeral`. */
  ephemeralChats: 50,
  ephemeralUsers: 200,
  emoji: { bytes: 64 },
  /** One character would list everybody. */
  searchTerm: { min: 2, characters: 64, bytes: 256 },
  page: { default: 50, max: 100 },
  /** `node(ids:)`. */
  nodes: 100,
  /** Chats named in `events(since:)`. A user is in no more chats than that, or could not resume them all. */
  since: 5_000,
  /**
   * Limits of a document: bytes, tokens with comments, and nested brackets. Valid documents of this many bytes are
   * cached.
   */
  document: { bytes: 32 * 1024, tokens: 5_000, depth: 128, keptBytes: 32 * 1024 * 1024 },
  /** Limits of one operation. docs/limits.md explains its cost. */
  operation: {
    rootFields: 20,
    mutations: 5,
    /** Calls that begin, continue or end a session with a secret, such as `signIn` and `changePassword`. */
    sessionMutations: 1,
    depth: 20,
    /**
     * Each selection counts together with those of the same name in the same place, because validation compares them in
     * pairs.
     */
    selections: 20_000,
    cost: 50_000,
    /** Milliseconds after which a query is stopped. */
    milliseconds: 15_000,
    /** Cost of a subscription for each item. It is lower, because a subscription lives long. */
    subscriptionCost: 3_000,
  },
  id: { bytes: 128 },
  cursor: { bytes: 512 },
  refreshToken: { bytes: 512 },
  /** Names of enums, dates, and values that are not strings. */
  otherScalar: { bytes: 64 },
  idempotencyKeyBytes: 255,
  /** Characters of a client's input that an error message repeats. */
  echoedCharacters: 64,
} as const;

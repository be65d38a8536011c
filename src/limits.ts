/** Every limit of the API, once. The schema's descriptions and the error messages are written from here. */
export const limits = {
  /** Characters as people count them (grapheme clusters), and bytes of UTF-8. */
  messageContent: { characters: 4_000, bytes: 16 * 1024 },
  /** Bytes of JSON, and arrays and objects within each other: deep ones overflow the stacks of their readers. */
  messagePayload: { bytes: 16 * 1024, depth: 100 },
  chatTitle: { characters: 120, bytes: 2 * 1024 },
  username: { min: 3, max: 32 },
  displayName: { characters: 64, bytes: 1024 },
  password: { min: 10, max: 200 },
  chatMembers: 10_000,
  reactionsPerMessage: 20,
  shortcode: { max: 64 },
  searchTerm: { characters: 64 },
  page: { default: 50, max: 100 },
  /** `node(ids:)`, and chats named in `events(since:)`. */
  nodes: 100,
  since: 10_000,
  /** Of one operation: fields, counted for each row that a page may have; and levels. */
  operation: { cost: 50_000, depth: 20 },
  idempotencyKeyBytes: 255,
} as const;

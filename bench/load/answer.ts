interface Result {
  errors?: unknown;
  data?: { messageCreated?: { content: string }; events?: { __typename: string; message?: { content: string } } };
}

/** The content of the message that a subscriber received, or the type of another item. */
export function contentOf(payload: Buffer | null): string {
  const text = String(payload);
  const { type, payload: result } = JSON.parse(text) as { type: string; payload?: Result };
  const { messageCreated, events } = result?.data ?? {};
  const content = messageCreated?.content ?? events?.message?.content ?? events?.__typename;
  if (type !== 'next' || result?.errors || content === undefined) throw new Error(`A subscriber got ${text}`);
  return content;
}

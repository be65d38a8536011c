interface Ending {
  readonly __typename?: string | undefined;
  readonly id?: string;
  readonly chatId?: string;
  readonly user?: object;
}

/** The chat that an item of the stream, or the answer of a mutation, ends for the viewer. */
export function endedChat(item: Ending, viewerId: string | undefined): string | undefined {
  const { __typename, chatId, id } = item;
  if (__typename === 'ChatDeleted') return chatId ?? id;
  if (__typename === 'ChatGone') return chatId;
  if (__typename !== 'MemberRemoved' || viewerId === undefined) return undefined;
  return (item.user as { id?: string } | undefined)?.id === viewerId ? chatId : undefined;
}

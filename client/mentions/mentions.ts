interface Mentioning {
  readonly authorId?: string;
  readonly mentionedUsers?: readonly { readonly id?: string }[];
  readonly mentionsEveryone?: boolean;
}

/** Whether a message of somebody else mentions this user, or everyone in the chat. */
export const mentionsUser = (message: Mentioning, userId: string | undefined): boolean =>
  userId !== undefined &&
  message.authorId !== userId &&
  (message.mentionsEveryone === true || (message.mentionedUsers ?? []).some(({ id }) => id === userId));

const draft = '__typename chatId version content replyToId';

/** The fields of a draft in an item of the stream. */
export const draftFields = `${draft} updatedAt`;

const errors = '... on Error { code message }';

export const saveDraftDocument = `mutation ParleySaveDraft($input: SaveDraftInput!) {
  saveDraft(input: $input) { __typename ... on Draft { ${draft} } ${errors} }
}`;

export const deleteDraftDocument = `mutation ParleyDeleteDraft($input: DeleteDraftInput!) {
  deleteDraft(input: $input) { __typename ... on DraftDeleted { chatId version } ${errors} }
}`;

export const draftsDocument = `query ParleyDrafts($ids: [ID!]!) {
  nodes(ids: $ids) { __typename id ... on Chat { position draft { ${draft} } } }
}`;

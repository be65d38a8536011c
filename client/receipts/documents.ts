import { userFields } from '../events/document.ts';

/** What is read of each member, by a query and by `ephemeral` alike. */
export const receiptFields = '__typename userId deliveredPosition readPosition user { ...ParleyUser }';

export const receiptsDocument = `query ParleyReadReceipts($ids: [ID!]!) {
  nodes(ids: $ids) { __typename id ... on Chat { position readReceipts { ${receiptFields} } } }
}
${userFields}`;

export const markDeliveredDocument = `mutation ParleyMarkDelivered($input: MarkDeliveredInput!) {
  markDelivered(input: $input) { __typename ... on Error { code message } }
}`;

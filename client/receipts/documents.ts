import { userFields } from '../events/document.ts';

/** The fields of each receipt, in a query and in `ephemeral`. */
export const receiptFields = '__typename userId deliveredPosition readPosition user { ...ParleyUser }';

export const receiptsDocument = `query ParleyReadReceipts($ids: [ID!]!) {
  nodes(ids: $ids) { __typename id ... on Chat { position readReceipts { ${receiptFields} } } }
}
${userFields}`;

export const markDeliveredDocument = `mutation ParleyMarkDelivered($input: MarkDeliveredInput!) {
  markDelivered(input: $input) { __typename ... on Error { code message } }
}`;

import { userFields } from '../events/document.ts';

const receipt = '__typename userId deliveredPosition readPosition user { ...ParleyUser }';

export const ephemeralDocument = `subscription ParleyEphemeral($chatIds: [ID!]!) {
  ephemeral(chatIds: $chatIds) { __typename ... on ReadReceiptsChanged { chatId receipts { ${receipt} } } }
}
${userFields}`;

export const receiptsDocument = `query ParleyReadReceipts($ids: [ID!]!) {
  nodes(ids: $ids) { __typename id ... on Chat { position readReceipts { ${receipt} } } }
}
${userFields}`;

export const markDeliveredDocument = `mutation ParleyMarkDelivered($input: MarkDeliveredInput!) {
  markDelivered(input: $input) { __typename ... on Error { code message } }
}`;

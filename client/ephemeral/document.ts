import { userFields } from '../events/document.ts';
import type { User } from '../events/items.ts';
import { receiptFields } from '../receipts/documents.ts';
import type { ReadReceipt } from '../receipts/status.ts';

export const ephemeralDocument = `subscription ParleyEphemeral($chatIds: [ID!]!) {
  ephemeral(chatIds: $chatIds) {
    __typename
    ... on ReadReceiptsChanged { chatId receipts { ${receiptFields} } }
    ... on TypingChanged { chatId users { ...ParleyUser } userCount expiresInMs }
  }
}
${userFields}`;

/** An item of the subscription. */
export interface EphemeralItem {
  readonly __typename?: string;
  readonly chatId?: string;
  readonly receipts?: readonly ReadReceipt[];
  readonly users?: readonly User[];
  readonly userCount?: number;
  readonly expiresInMs?: number;
}

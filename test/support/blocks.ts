import type { TestUser } from './app.ts';

const ERROR = '... on Error { code message } ... on InvalidInputError { field }';

export const block = (by: TestUser, user: { id: string }): Promise<Record<string, unknown>> =>
  by.ask(
    `mutation ($input: BlockUserInput!) { blockUser(input: $input) { __typename ... on Block { user { id } } ${ERROR} } }`,
    {
      input: { userId: user.id },
    },
  );

export const unblock = (by: TestUser, user: { id: string }): Promise<Record<string, unknown>> =>
  by.ask(
    `mutation ($input: UnblockUserInput!) { unblockUser(input: $input) { __typename ... on BlockRemoved { userId } ... on Error { code message } } }`,
    { input: { userId: user.id } },
  );

/** The answer to a user who may not contact somebody, whatever the reason. */
export const cannotContact = {
  __typename: 'ForbiddenError',
  code: 'FORBIDDEN',
  message: 'This person cannot be contacted.',
};

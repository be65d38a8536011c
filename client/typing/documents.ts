export const setTypingDocument = `mutation ParleySetTyping($input: SetTypingInput!) {
  setTyping(input: $input) { __typename ... on Error { code message } }
}`;

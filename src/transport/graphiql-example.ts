/** The text with which GraphiQL opens: five operations, from signing up to a live message. */
export const graphiqlExample = `# Welcome to Parley. Run these one after another, with the ▶ button.

# 1. Make an account. Copy the accessToken into the Headers tab below:
#    { "Authorization": "Bearer …" }
mutation SignUp {
  signUp(input: { username: "ada_example", password: "correct horse battery", displayName: "Ada" }) {
    ... on Session {
      accessToken
      user {
        id
        displayName
      }
    }
    ... on Error {
      code
      message
    }
  }
}

# 2. Make a chat. Copy its id into the Variables tab: { "chatId": "…" }
mutation CreateChat {
  createChat(input: { kind: GROUP, title: "Hello", memberIds: [] }) {
    ... on Chat {
      id
      title
    }
    ... on Error {
      code
      message
    }
  }
}

# 3. Listen, in a second tab of GraphiQL. It stays open and shows what happens.
subscription Listen {
  events {
    __typename
    ... on Event {
      chatId
      position
    }
    ... on MessageCreated {
      message {
        content
        author {
          displayName
        }
        reactions {
          emoji
        }
      }
    }
  }
}

# 4. Say something: the subscription hears it at once.
mutation SendMessage($chatId: ID!) {
  sendMessage(input: { chatId: $chatId, content: "Hello, world" }) {
    ... on Message {
      id
      content
      position
    }
    ... on Error {
      code
      message
    }
  }
}

# 5. Read it back.
query Chats {
  chats(first: 10) {
    edges {
      node {
        id
        title
        lastMessage {
          content
        }
      }
    }
  }
}
`;

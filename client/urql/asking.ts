import { gql, type Client } from '@urql/core';

/** Asks the server by this client, whatever it has cached. An answer with an error is a throw. */
export const asking = (client: Client) => ({
  async query(document: string, variables: object): Promise<unknown> {
    const { data, error } = await client
      .query<unknown>(gql(document), variables, { requestPolicy: 'network-only' })
      .toPromise();
    if (error) throw error;
    return data;
  },
  async mutate(document: string, variables: object): Promise<unknown> {
    const { data, error } = await client.mutation<unknown>(gql(document), variables).toPromise();
    if (error) throw error;
    return data;
  },
});

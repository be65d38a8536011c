import { gql, type Client } from '@urql/core';

/** Requests from the server through this client, without the cache. Throws if the result has an error. */
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

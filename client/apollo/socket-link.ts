import { ApolloLink, Observable } from '@apollo/client';
import { print } from '@apollo/client/utilities';
import type { EventStream } from '../events/stream.ts';

/**
 * Runs subscriptions other than `events` over the socket of the stream. They miss events while the connection is lost.
 */
export function createSocketLink(request: EventStream<unknown>['request']): ApolloLink {
  return new ApolloLink(
    ({ query, variables }) =>
      new Observable((observer) =>
        request(
          { query: print(query), variables },
          {
            next: (result) => observer.next(result as ApolloLink.Result),
            error(errors) {
              observer.next({ data: null, errors } as ApolloLink.Result);
              observer.complete();
            },
            complete: () => observer.complete(),
          },
        ),
      ),
  );
}

import { ApolloProvider } from '@apollo/client/react';
import { useState } from 'react';
import { alertsOf } from './alerts/alerts.ts';
import type { UserNameFragment } from './gql/graphql.ts';
import { connect, SignedInContext, type SignedIn as SignedInState } from './parley.ts';
import { Shell } from './Shell.tsx';

/** The application of one signed-in user. */
export function SignedIn({ viewer }: { viewer: UserNameFragment }) {
  const [signedIn] = useState((): SignedInState => ({
    parley: connect(viewer),
    viewer,
    titles: new Map(),
    alerts: alertsOf(viewer.id),
  }));
  return (
    <ApolloProvider client={signedIn.parley.client}>
      <SignedInContext value={signedIn}>
        <Shell />
      </SignedInContext>
    </ApolloProvider>
  );
}

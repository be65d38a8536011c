import { ApolloProvider } from '@apollo/client/react';
import { useState } from 'react';
import { useSession } from '@parley/client/react';
import { alertsOf } from './alerts/alerts.ts';
import type { UserNameFragment } from './gql/graphql.ts';
import { connect, SignedInContext, type SignedIn as SignedInState } from './parley.ts';
import { session } from './session/session.ts';
import { SignIn } from './session/SignIn.tsx';
import { Shell } from './Shell.tsx';
import { Failure } from './ui/Failure.tsx';
import { Notices } from './ui/notices.tsx';

export function App() {
  const user = useSession(session)?.user;
  return (
    <>
      <Failure>{user ? <SignedIn key={user.id} viewer={user} /> : <SignIn />}</Failure>
      <Notices />
    </>
  );
}

function SignedIn({ viewer }: { viewer: UserNameFragment }) {
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

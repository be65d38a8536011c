import { lazy, useEffect } from 'react';
import { useSession } from '@parley/client/react';
import { session } from './session/session.ts';
import { SignIn } from './session/SignIn.tsx';
import { Failure } from './ui/Failure.tsx';
import { Notices } from './ui/notices.tsx';
import { OnDemand } from './ui/OnDemand.tsx';

const load = () => import('./SignedIn.tsx');
const SignedIn = lazy(async () => ({ default: (await load()).SignedIn }));

export function App() {
  const user = useSession(session)?.user;
  // While somebody signs in, the rest is loaded.
  useEffect(() => void load().catch(() => undefined), []);
  return (
    <>
      {user ? (
        <OnDemand>
          <SignedIn key={user.id} viewer={user} />
        </OnDemand>
      ) : (
        <Failure>
          <SignIn />
        </Failure>
      )}
      <Notices />
    </>
  );
}

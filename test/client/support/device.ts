import { onTestFinished } from 'vitest';
import type { TestUser } from '../../support/app.ts';
import { apolloKit } from './apollo-kit.ts';
import { FaultyFetch, FaultyWire } from './faults.ts';
import type { Kit, KitOptions, MakeKit } from './kit.ts';
import { urqlKit } from './urql-kit.ts';
import { tokenOf } from './world.ts';

/** The kits for `describe.each`, one for each client. */
export const kits: [string, MakeKit][] = [
  ['Apollo', apolloKit],
  ['urql', urqlKit],
];

/** A user's kit, and the faulty connections between it and the server. */
export interface Device {
  readonly kit: Kit;
  readonly http: FaultyFetch;
  readonly wire: FaultyWire;
}

/** Opens a device that stops with the test. */
export function openDevice(makeKit: MakeKit, user: TestUser, more: Partial<KitOptions> = {}): Device {
  const [http, wire] = [new FaultyFetch(), new FaultyWire()];
  const { webSocketImpl } = wire;
  const kit = makeKit({ url: user.server.url, auth: tokenOf(user), webSocketImpl, fetch: http.fetch, ...more });
  onTestFinished(() => kit.stop());
  return { kit, http, wire };
}

import { expectTypeOf, test } from 'vitest';
import type { PublicUser } from '../../src/database/public-user.ts';
import type { Services } from '../../src/services.ts';
import type { User } from '../../src/user/user.schema.ts';

/** The names of those of these types that contain a password's hash, at any depth. The compiler checks them. */
type WithHash<T> = { [K in keyof T]-?: HasHash<T[K]> extends true ? K : never }[keyof T];
type HasHash<T> = true extends Found<T> ? true : false;
type Found<T> = T extends Date | ((...args: never) => unknown)
  ? false
  : T extends object
    ? 'passwordHash' extends keyof T
      ? true
      : { [K in keyof T]: Found<T[K]> }[keyof T]
    : false;

type Answers<Service> = {
  [K in keyof Service]: Service[K] extends (...args: never) => infer Answer ? Awaited<Answer> : never;
};

test('no service returns the hash of a password, and no resolver receives one', () => {
  expectTypeOf<keyof PublicUser>().toEqualTypeOf<'id' | 'username' | 'displayName' | 'createdAt'>();
  expectTypeOf<(typeof User)['$inferType']>().toEqualTypeOf<PublicUser>();
  expectTypeOf<WithHash<Answers<Services['session']>>>().toEqualTypeOf<never>();
  expectTypeOf<WithHash<Answers<Services['users']>>>().toEqualTypeOf<never>();
});

import { expect, test } from 'vitest';
import { inOrder } from '../../web/chat/member-order.ts';

test('members are sorted by role and then by name', () => {
  const member = (role: 'OWNER' | 'ADMIN' | 'MEMBER', displayName: string) => ({ role, user: { displayName } });
  const members = [
    member('MEMBER', 'Émile'),
    member('MEMBER', 'zoe'),
    member('ADMIN', 'Wanda'),
    member('OWNER', 'Zora'),
  ];
  const names = inOrder([...members, member('MEMBER', 'Ada')], 'en').map(({ user }) => user.displayName);
  expect(names).toEqual(['Zora', 'Wanda', 'Ada', 'Émile', 'zoe']);
});

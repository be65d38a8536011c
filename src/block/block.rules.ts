import { InvalidInputError } from '../errors.ts';
import { limits } from '../limits.ts';

export function requireSomebodyElse(userId: string, blockedId: string): void {
  if (userId === blockedId) throw new InvalidInputError('userId', 'is your own id: block somebody else');
}

export function requireRoomToBlock(blocked: number): void {
  if (blocked < limits.blocks) return;
  throw new InvalidInputError('userId', `at most ${limits.blocks} users can be blocked: unblock another one first`);
}

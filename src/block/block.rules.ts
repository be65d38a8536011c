import { InvalidInputError } from '../errors.ts';
import { limits } from '../limits.ts';

export function requireSomebodyElse(userId: string, blockedId: string): void {
  if (userId === blockedId) throw new InvalidInputError('userId', 'names yourself: block somebody else');
}

export function requireRoomToBlock(blocked: number): void {
  if (blocked < limits.blocks) return;
  throw new InvalidInputError('userId', `you have blocked ${limits.blocks} people, the most of a user`);
}

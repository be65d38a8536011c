import { expect, test } from 'vitest';
import { VIEWER_PAGE, type ViewerPage } from '../../src/viewer-state/viewer-changes.ts';
import { ViewerCursor } from '../../src/viewer-state/viewer-cursor.ts';

/** A page of this number of changes after a version, one version each. */
const page = (after: number, count: number, { newest = after + count, floor = 0 } = {}): ViewerPage => ({
  newest,
  floor,
  readAt: new Date(),
  changes: Array.from({ length: count }, (_, i) => ({ kind: 'chat' as const, id: `${i}`, version: after + 1 + i })),
});

test('a page that is not full reaches the newest version, even beyond its last row', () => {
  const cursor = new ViewerCursor(3);
  expect(cursor.read(page(3, 2, { newest: 9 }))).toMatchObject({ is: 'changes', upTo: 9 });
  expect(cursor.read(page(3, 0, { newest: 3 }))).toMatchObject({ is: 'changes', upTo: 3 });
});

test('a full page reaches its last row', () => {
  const cursor = new ViewerCursor(0);
  expect(cursor.read(page(0, VIEWER_PAGE, { newest: 1_000 }))).toMatchObject({ is: 'changes', upTo: VIEWER_PAGE });
});

test('a version below the floor, or above the newest one, causes a reset', () => {
  expect(new ViewerCursor(4).read(page(4, 1, { floor: 5 }))).toEqual({ is: 'reset' });
  expect(new ViewerCursor(5).read(page(5, 1, { floor: 5 }))).toMatchObject({ is: 'changes' });
  expect(new ViewerCursor(7).read(page(6, 0, { newest: 6 }))).toEqual({ is: 'reset' });
});

test('no second reset is caused until all rows of the first one have been sent', () => {
  const cursor = new ViewerCursor(4);
  cursor.reset();
  expect(cursor.version).toBe(0);
  cursor.reach(VIEWER_PAGE, false);
  const rest = page(VIEWER_PAGE, 1, { newest: 1_000_001, floor: 1_000_001 });
  expect(cursor.read(rest)).toMatchObject({ is: 'changes', upTo: 1_000_001 });
  cursor.reach(1_000_001, true);
  expect(cursor.read(page(1_000_001, 0, { floor: 2_000_000, newest: 2_000_000 }))).toEqual({ is: 'reset' });
});

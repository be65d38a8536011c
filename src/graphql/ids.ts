import { NotFoundError } from '../errors.ts';
import { quote } from './quote.ts';

/** The types of `node(id:)`. */
export const nodeTypes = ['User', 'Chat', 'Message', 'Reaction'] as const;
export type NodeType = (typeof nodeTypes)[number];
export const isNodeType = (type: string): type is NodeType => (nodeTypes as readonly string[]).includes(type);

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const encodeId = (type: string, id: string): string => Buffer.from(`${type}:${id}`).toString('base64url');

/** The type and the row's id in an opaque id; null if the id is not valid. */
export function decodeId(globalId: string): { type: string; id: string } | null {
  const [type, id] = Buffer.from(globalId, 'base64url').toString().split(':');
  return type && id && uuid.test(id) ? { type, id } : null;
}

/** The row's id. An id that is malformed, or of another type, names nothing: NOT_FOUND. */
export function rowId(type: NodeType, globalId: string): string {
  const decoded = decodeId(globalId);
  if (decoded?.type !== type) throw new NotFoundError(`No ${type.toLowerCase()} has the id ${quote(globalId)}.`);
  return decoded.id;
}

import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin, { resolveNodes } from '@pothos/plugin-relay';
import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../context.ts';
import { limits } from '../limits.ts';
import { decodeId, encodeId, isNodeType } from './ids.ts';

export const builder = new SchemaBuilder<{
  Context: Context;
  Scalars: {
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
    ID: { Input: string; Output: string };
  };
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
}>({
  plugins: [ErrorsPlugin, RelayPlugin],
  defaultFieldNullability: false,
  errors: {
    directResult: true,
    unsafelyHandleInputErrors: true,
    defaultUnionOptions: {
      description: 'The result, or an expected error.',
      name: ({ fieldName }) => `${fieldName.charAt(0).toUpperCase()}${fieldName.slice(1)}Result`,
    },
  },
  relay: {
    encodeGlobalID: (type, id) => encodeId(type, String(id)),
    decodeGlobalID: (globalId) => {
      const decoded = decodeId(globalId);
      return { typename: decoded?.type ?? '', id: decoded?.id ?? '' };
    },
    // A connection's cost counts its rows, and one statement for them.
    edgesFieldOptions: {
      nullable: { list: false, items: false },
      description: 'The rows of this page, in order.',
      extensions: { cost: { rows: 1, reads: false } },
    },
    nodeFieldOptions: { nullable: false, description: 'The row.', extensions: { cost: { reads: false } } },
    nodeTypeOptions: { description: 'Anything that `node(id:)` finds.' },
    cursorFieldOptions: { description: 'Where the row is: opaque, for `after` and `before`.' },
    pageInfoFieldOptions: {
      description: 'Where the page is, and whether there are others.',
      extensions: { cost: { reads: false } },
    },
    pageInfoTypeOptions: { description: 'Where a page is, and whether there are others.' },
    hasNextPageFieldOptions: { description: 'Whether rows follow. Backwards: whether `before` was given.' },
    hasPreviousPageFieldOptions: { description: 'Whether rows precede. Forwards: whether `after` was given.' },
    startCursorFieldOptions: { description: 'The cursor of the first row; null on an empty page.' },
    endCursorFieldOptions: { description: 'The cursor of the last row; null on an empty page.' },
    firstArgOptions: { description: `The number of rows from the start, 1–${limits.page.max}. Not with \`last\`.` },
    lastArgOptions: { description: `The number of rows from the end, 1–${limits.page.max}. Not with \`first\`.` },
    afterArgOptions: {
      description: `Only rows after this cursor, of at most ${limits.cursor.bytes} bytes.`,
      extensions: { size: { bytes: limits.cursor.bytes } },
    },
    beforeArgOptions: {
      description: `Only rows before this cursor, of at most ${limits.cursor.bytes} bytes.`,
      extensions: { size: { bytes: limits.cursor.bytes } },
    },
    brandLoadedObjects: true,
    idFieldOptions: { description: 'Opaque, globally unique, typed; `node(id:)` resolves it.' },
    nodeQueryOptions: {
      description: 'The object with this id. Null if it does not exist, or if the viewer may not see it.',
      args: { id: { description: 'The `id` of a Node.' } },
      resolve: (_, { id }, { viewer }, __, resolveNode) =>
        viewer.require() && isNodeType(id.typename) ? resolveNode(id) : null,
    },
    nodesQueryOptions: {
      description: `Like \`node\`, for up to ${limits.nodes} ids: in their order, null for what the viewer may not see.`,
      nullable: { list: false, items: true },
      extensions: { cost: { rows: ({ ids }) => (Array.isArray(ids) ? ids.length : 1) } },
      args: {
        ids: {
          description: `The \`id\`s of Nodes, at most ${limits.nodes}, each of at most ${limits.id.bytes} bytes.`,
          extensions: { size: { items: limits.nodes } },
        },
      },
      // Not by the function that Pothos hands over: it looks up what the arguments name, and fails on an unknown type.
      resolve: (_, { ids }, context, info) => findNodes(context, info, ids),
    },
  },
});

/** Null for an object that the viewer may not see, and for an id that is not valid. */
function findNodes(
  context: Context,
  info: GraphQLResolveInfo,
  ids: readonly { typename: string; id: string }[],
): Promise<unknown[]> {
  void context.viewer.require();
  const known = ids.map((id) => (isNodeType(id.typename) ? id : null));
  return resolveNodes(builder, context, info, known);
}

builder.queryType({ description: 'Reading. Lists are Relay connections, 1–100 rows a page, 50 by default.' });
builder.mutationType({
  description:
    'Writing. Each mutation answers a union of its result and its expected errors. Send an `Idempotency-Key` to be able to retry.',
});
builder.subscriptionType({
  description: 'Live, over graphql-ws or Server-Sent Events. `events` carries everything and can be resumed.',
});

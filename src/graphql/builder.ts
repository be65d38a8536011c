import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import type { Context } from '../context.ts';
import { BadRequestError } from '../errors.ts';
import { limits } from '../limits.ts';
import { decodeId, encodeId, isNodeType } from './ids.ts';

export type Builder = typeof builder;

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
  plugins: [ComplexityPlugin, ErrorsPlugin, RelayPlugin],
  defaultFieldNullability: false,
  // Costs are kept on the fields; `cost.ts` adds them up, once for each operation.
  complexity: { disabled: true, defaultComplexity: 1, defaultListMultiplier: 1 },
  errors: {
    directResult: true,
    unsafelyHandleInputErrors: true,
    defaultUnionOptions: {
      description: 'The result, or an error that was to be expected.',
      name: ({ fieldName }) => `${fieldName[0]!.toUpperCase()}${fieldName.slice(1)}Result`,
    },
  },
  relay: {
    encodeGlobalID: (type, id) => encodeId(type, String(id)),
    decodeGlobalID: (globalId) => {
      const decoded = decodeId(globalId);
      return { typename: decoded?.type ?? '', id: decoded?.id ?? '' };
    },
    edgesFieldOptions: { nullable: { list: false, items: false }, description: 'The rows of this page, in order.' },
    nodeFieldOptions: { nullable: false, description: 'The row.' },
    nodeTypeOptions: { description: 'Anything that `node(id:)` finds.' },
    cursorFieldOptions: { description: 'Where the row is: opaque, for `after` and `before`.' },
    pageInfoFieldOptions: { description: 'Where the page is, and whether there are others.' },
    pageInfoTypeOptions: { description: 'Where a page is, and whether there are others.' },
    hasNextPageFieldOptions: { description: 'Whether rows follow. Backwards: whether `before` was given.' },
    hasPreviousPageFieldOptions: { description: 'Whether rows precede. Forwards: whether `after` was given.' },
    startCursorFieldOptions: { description: 'The cursor of the first row; null on an empty page.' },
    endCursorFieldOptions: { description: 'The cursor of the last row; null on an empty page.' },
    firstArgOptions: { description: `So many rows from the start, 1–${limits.page.max}. Not with \`last\`.` },
    lastArgOptions: { description: `So many rows from the end, 1–${limits.page.max}. Not with \`first\`.` },
    afterArgOptions: { description: 'Only rows after this cursor.' },
    beforeArgOptions: { description: 'Only rows before this cursor.' },
    brandLoadedObjects: true,
    idFieldOptions: { description: 'Opaque, globally unique, typed; `node(id:)` resolves it.' },
    nodeQueryOptions: {
      description: 'Whatever has this id, if the viewer may see it; else null, for whatever reason.',
      args: { id: { description: 'The `id` of a Node.' } },
      resolve: (_, { id }, { viewer }, __, resolveNode) =>
        viewer.id && isNodeType(id.typename) ? resolveNode(id) : null,
    },
    nodesQueryOptions: {
      description: `As \`node\`, for up to ${limits.nodes} ids: in their order, null for what the viewer may not see.`,
      nullable: { list: false, items: true },
      complexity: ({ ids }) => ({ multiplier: ids.length }),
      args: { ids: { description: `The \`id\`s of Nodes, at most ${limits.nodes}.` } },
      resolve: async (_, args, { viewer }, __, resolveNodes) => {
        const { ids } = args;
        if (ids.length > limits.nodes) throw new BadRequestError(`ids: must be at most ${limits.nodes}.`);
        const known = ids.filter(({ typename }) => viewer.id && isNodeType(typename));
        // Pothos resolves the field's arguments, whatever it is handed, and fails on types that it does not know.
        args.ids = known;
        const found = await resolveNodes(known);
        return ids.map((id) => (known.includes(id) ? found[known.indexOf(id)] : null));
      },
    },
  },
});

builder.queryType({ description: 'Reading. Lists are Relay connections, 1–100 rows a page, 50 by default.' });
builder.mutationType({
  description:
    'Writing. Each answers a union of its result and the errors that are to be expected; send an `Idempotency-Key` to be able to retry.',
});
builder.subscriptionType({
  description: 'Live, over graphql-ws or Server-Sent Events. `events` carries everything and can be resumed.',
});

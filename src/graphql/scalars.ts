import { GraphQLError, valueFromASTUntyped } from 'graphql';
import { builder } from './builder.ts';

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

builder.scalarType('DateTime', {
  description: 'A point in time: RFC 3339 in UTC with milliseconds, such as `2026-01-31T09:30:00.000Z`.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => {
    const time = typeof value === 'string' && rfc3339.test(value) ? new Date(value) : new Date(Number.NaN);
    if (Number.isNaN(time.getTime()))
      throw new GraphQLError('DateTime: must be RFC 3339, such as 2026-01-31T09:30:00.000Z.');
    return time;
  },
});

builder.scalarType('JSON', {
  description: 'Any JSON value.',
  serialize: (value) => value,
  parseValue: (value) => value,
  // Objects from literals have no prototype, and would not equal those that are read from the database.
  parseLiteral: (node, variables) => structuredClone(valueFromASTUntyped(node, variables)),
});

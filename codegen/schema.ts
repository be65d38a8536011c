import { buildSchema, lexicographicSortSchema, printSchema, type GraphQLSchema } from 'graphql';
import { schema as built } from '../src/schema.ts';

export const printedSchema = `${printSchema(lexicographicSortSchema(built))}\n`;
/** The schema as readers of schema.graphql see it. */
export const schema: GraphQLSchema = buildSchema(printedSchema);

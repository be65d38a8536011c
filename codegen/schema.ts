import { buildSchema, lexicographicSortSchema, printSchema, type GraphQLSchema } from 'graphql';
import { schema as built } from '../src/schema.ts';

export const printedSchema = `${printSchema(lexicographicSortSchema(built))}\n`;
/** As those see it who read schema.graphql. */
export const schema: GraphQLSchema = buildSchema(printedSchema);

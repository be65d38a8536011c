/**
 * Writes one line for each mutation to the server's log: who called what, for which chat, how long it took and what came
 * of it. It never writes what a person typed.
 */
import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import type { Context } from '../context.ts';
import { DomainError } from '../errors.ts';
import { required } from '../required.ts';
import { decodeId } from './ids.ts';

type Level = 'info' | 'debug';
type Resolver = GraphQLFieldResolver<unknown, Context, { input?: Record<string, unknown> }>;

/** Makes every mutation of the schema write its line. A field's extension `logLevel` names another level than `info`. */
export function logMutations(schema: GraphQLSchema): void {
  for (const field of Object.values(required(schema.getMutationType()).getFields())) {
    const { logLevel = 'info' } = field.extensions as { logLevel?: Level };
    field.resolve = logged(required(field.resolve) as Resolver, logLevel);
  }
}

const logged =
  (resolve: Resolver, level: Level): Resolver =>
  async (source, args, context, info) => {
    const started = performance.now();
    const write = (outcome: string, answer?: unknown) => {
      const { viewer, trace, logger, noted } = context;
      logger[level](
        {
          ...trace,
          mutation: info.fieldName,
          operation: info.operation.name?.value,
          userId: viewer.identity.is === 'user' ? viewer.identity.userId : undefined,
          chatId: chatOf(args.input?.chatId, answer),
          ms: Math.round((performance.now() - started) * 10) / 10,
          outcome,
          ...noted,
        },
        'mutation',
      );
    };
    try {
      const answer: unknown = await resolve(source, args, context, info);
      if (isExpectedFailure(answer)) write(answer.code);
      else write(context.idempotency.replayed ? 'REPLAYED' : 'OK', answer);
      return answer;
    } catch (error) {
      write(error instanceof Error ? error.constructor.name : 'FAILED');
      throw error;
    }
  };

/** Pothos answers an expected failure as a proxy of the error, which is an instance of nothing but tells its class. */
const isExpectedFailure = (answer: unknown): answer is DomainError =>
  answer != null && answer.constructor.prototype instanceof DomainError;

/** The chat that the input names, or else the one that the answer is or belongs to. */
function chatOf(given: unknown, answer: unknown): string | undefined {
  if (typeof given === 'string') return decodeId(given)?.id;
  const { chatId, kind, id } = (answer ?? {}) as Record<string, unknown>;
  const chat = chatId ?? (kind && id);
  return typeof chat === 'string' ? chat : undefined;
}

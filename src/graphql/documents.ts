import {
  Lexer,
  parse,
  Source,
  specifiedRules,
  TokenKind,
  validate,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  type Token,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { BadRequestError } from '../errors.ts';
import { limits } from '../limits.ts';
import { required } from '../required.ts';
import { refuse, type OperationRequest } from './admission.ts';
import { checkShape } from './shape.ts';
import { WholeSubscriptionRule } from './whole-subscription.ts';

const rules = [...specifiedRules, WholeSubscriptionRule];

/** An estimate of the memory of a parsed document. Measured: 530 bytes for a token and its part of the tree. */
const BYTES_PER_TOKEN = 600;

/**
 * Parses the documents that clients send, after their size is checked. Valid ones are
 * kept, so that equal ones are the same object, until newer ones need their room.
 */
export class Documents {
  readonly #schema: GraphQLSchema;
  readonly #valid: LRUCache<string, DocumentNode>;
  readonly #sizes = new WeakMap<DocumentNode, number>();

  constructor(schema: GraphQLSchema, keptBytes: number = limits.document.keptBytes) {
    this.#schema = schema;
    this.#valid = new LRUCache({
      maxSize: keptBytes,
      sizeCalculation: (document) => required(this.#sizes.get(document)),
    });
  }

  /** The parsed document, which may not be valid. Throws a `BadRequestError` or a syntax error. */
  parse(text: string): DocumentNode {
    const kept = this.#valid.get(text);
    if (kept) return kept;
    const bytes = Buffer.byteLength(text);
    if (bytes > limits.document.bytes) {
      throw new BadRequestError(`The document has ${bytes} bytes, and at most ${limits.document.bytes} are allowed.`);
    }
    const tokens = countTokens(text);
    const document = refuseOverflow(() => parse(text));
    checkShape(this.#schema, document);
    this.#sizes.set(document, 2 * bytes + tokens * BYTES_PER_TOKEN);
    return document;
  }

  /** The errors of a document of `parse`, or of its request. */
  validate(document: DocumentNode, request: OperationRequest): readonly GraphQLError[] {
    const text = required(document.loc).source.body;
    if (this.#valid.peek(text) !== document) {
      const errors = refuseOverflow(() => validate(this.#schema, document, rules));
      if (errors.length > 0) return errors;
      this.#valid.set(text, document);
    }
    return refuse(this.#schema, document, request);
  }

  /** Bytes of memory that the cached documents take, estimated. */
  get size(): number {
    return this.#valid.calculatedSize;
  }
}

/** If a document overflows the stack in spite of the limits, that is reported as the client's mistake. */
function refuseOverflow<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new BadRequestError('The document is nested too deep to be read.');
    throw error;
  }
}

/** Refuses a text with too many tokens, including comments, or with too deep brackets. It builds no tree. */
function countTokens(text: string): number {
  const lexer = new Lexer(new Source(text));
  let tokens = 0;
  let depth = 0;
  let token: Token;
  do {
    token = lexer.advance();
    tokens += (token.kind === TokenKind.EOF ? 0 : 1) + countComments(token);
    if (tokens > limits.document.tokens) {
      throw new BadRequestError(`The document has more than ${limits.document.tokens} tokens, comments counted.`);
    }
    if (opening.has(token.kind)) depth++;
    else if (closing.has(token.kind)) depth--;
    if (depth > limits.document.depth) {
      throw new BadRequestError(`The document has more than ${limits.document.depth} brackets within each other.`);
    }
  } while (token.kind !== TokenKind.EOF);
  return tokens;
}
const opening = new Set<string>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing = new Set<string>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** The number of comments before a token, which the lexer keeps in its list of tokens. */
function countComments({ prev }: Token): number {
  let comments = 0;
  for (let token = prev; token?.kind === TokenKind.COMMENT; token = token.prev) comments++;
  return comments;
}

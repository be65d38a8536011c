import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

export interface RandomOperation {
  query: string;
  variables: Record<string, unknown>;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Texts that nobody sends by mistake, but that an attacker may send. */
const oddTexts = ['', ' ', 'x', '\0', '\ud800', '💬', '%', '\\', 'null', '[]', "'; --", '\u202e', 'x'.repeat(100)];
const longTexts = ['x'.repeat(600), '\ufdfa'.repeat(5_000), 'x'.repeat(40_000)];
const oddNumbers = [0, 1, -1, 100, 101, 2 ** 31 - 1, -(2 ** 31), 1.5, 1e308];

/**
 * Generates random operations for a schema. Most are well-formed, with values of every kind, in the text and as
 * variables.
 */
export class RandomOperations {
  readonly #schema: GraphQLSchema;
  readonly #random: () => number;
  /** Ids and cursors that exist. Without them the operations would never find anything. */
  readonly #known: readonly string[];

  constructor(schema: GraphQLSchema, random: () => number, known: readonly string[]) {
    this.#schema = schema;
    this.#random = random;
    this.#known = known;
  }

  next(): RandomOperation {
    const kind = this.#chance(0.6) ? 'query' : 'mutation';
    const type = (kind === 'query' ? this.#schema.getQueryType() : this.#schema.getMutationType())!;
    const variables: Record<string, unknown> = {};
    const declared: string[] = [];
    const argument = (of: { name: string; type: GraphQLInputType }) => {
      const value = this.#value(of.type);
      if (this.#chance(0.6)) return `${of.name}: ${literal(value, of.type)}`;
      const name = `v${declared.length}`;
      declared.push(`$${name}: ${String(of.type)}`);
      variables[name] = value;
      return `${of.name}: $${name}`;
    };
    const field = (of: GraphQLField<unknown, unknown>, depth: number): string => {
      const given = of.args.filter(({ type }) => (isNonNullType(type) ? !this.#chance(0.03) : this.#chance(0.5)));
      const args = given.length > 0 ? `(${given.map(argument).join(', ')})` : '';
      const named = getNamedType(of.type);
      const alias = this.#chance(0.3) ? `a${Math.floor(this.#random() * 1e6)}: ` : '';
      return `${alias}${of.name}${args} ${isCompositeType(named) ? selection(named, depth + 1) : ''}`;
    };
    const selection = (of: GraphQLNamedType, depth: number): string => {
      if (!isObjectType(of)) {
        const members = isCompositeType(of) ? this.#schema.getPossibleTypes(of) : [];
        return `{ __typename ... on ${this.#one(members).name} ${selection(this.#one(members.slice(0, 1)), depth)} }`;
      }
      const fields = Object.values(of.getFields()).filter(
        ({ type }) => depth < 6 || !isCompositeType(getNamedType(type)),
      );
      const chosen = Array.from(
        { length: 1 + Math.floor(this.#random() * 4) },
        () => fields.length && this.#one(fields),
      );
      return `{ __typename ${chosen.map((one) => (one ? field(one, depth) : '')).join(' ')} }`;
    };
    const roots = Array.from(
      { length: this.#chance(0.9) ? 1 : 3 },
      () => `r${Math.floor(this.#random() * 1e6)}: ${field(this.#root(type), 1)}`,
    );
    return {
      query: `${kind} ${declared.length > 0 ? `(${declared.join(', ')})` : ''} { ${roots.join(' ')} }`,
      variables,
    };
  }

  /** Hashing a password takes tens of milliseconds, so operations with one are rare. */
  #root(type: GraphQLObjectType): GraphQLField<unknown, unknown> {
    for (;;) {
      const field = this.#one(Object.values(type.getFields()));
      if (!field.extensions.oncePerOperation || this.#chance(0.02)) return field;
    }
  }

  #value(type: GraphQLInputType): unknown {
    if (!isNonNullType(type) && this.#chance(0.1)) return null;
    const of = getNullableType(type);
    if (this.#chance(0.03)) return this.#one([{}, [], 'x', 1, true, null]);
    if (isListType(of))
      return Array.from({ length: this.#chance(0.02) ? 150 : Math.floor(this.#random() * 4) }, () =>
        this.#value(of.ofType),
      );
    if (isEnumType(of)) return this.#chance(0.05) ? 'NOTHING' : this.#one(of.getValues()).name;
    if (isInputObjectType(of)) {
      const fields = Object.values(of.getFields()).filter(({ type }) => isNonNullType(type) || this.#chance(0.6));
      return Object.fromEntries(fields.map((field) => [field.name, this.#value(field.type)]));
    }
    if (of.name === 'Int' || of.name === 'Float')
      return this.#chance(0.6) ? 1 + Math.floor(this.#random() * 20) : this.#one(oddNumbers);
    if (of.name === 'Boolean') return this.#chance(0.5);
    if (of.name === 'JSON') return this.#one([null, 1e308, 'x', { a: [1, { b: '\0' }] }, Array(50).fill([])]);
    if (this.#chance(0.01)) return this.#one(longTexts);
    return this.#chance(of.name === 'ID' ? 0.8 : 0.3) ? this.#one(this.#known) : this.#one(oddTexts);
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #one<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random() * choices.length)]!;
  }
}

/** Writes a value as a literal of a document. */
function literal(value: unknown, type: GraphQLInputType): string {
  const of = getNullableType(type);
  if (isEnumType(of) && typeof value === 'string') return value;
  if (Array.isArray(value))
    return `[${value.map((item) => literal(item, isListType(of) ? of.ofType : of)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const typeOf = (name: string) => (isInputObjectType(of) ? (of.getFields()[name]?.type ?? of) : of);
  return `{ ${Object.entries(value)
    .map(([name, inner]) => `${name}: ${literal(inner, typeOf(name))}`)
    .join(', ')} }`;
}

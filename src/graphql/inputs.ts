import {
  getNullableType,
  GraphQLID,
  isInputObjectType,
  isListType,
  isScalarType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type ValueNode,
} from 'graphql';
import { BadRequestError } from '../errors.ts';
import { limits } from '../limits.ts';
import { isDeeper, isWithin } from '../validation.ts';

/** The maximum size of an argument or of a field of an input. */
export interface InputSize {
  /** Maximum bytes of UTF-8, of the string or of each string in a list. */
  bytes?: number;
  /** Maximum entries of the list. */
  items?: number;
  /** The rule of the mutation checks the size first, and answers INVALID_INPUT. So it is not checked here. */
  byRule?: true;
}

/** The size of an input that the mutation's rule checks. */
export const byRule = ({ bytes }: { bytes: number }): { size: InputSize } => ({ size: { bytes, byRule: true } });

declare module 'graphql' {
  interface GraphQLArgumentExtensions {
    size?: InputSize;
  }
  interface GraphQLInputFieldExtensions {
    size?: InputSize;
  }
}

/** The place of a value: its name in errors, its type, and its maximum size. */
interface Place {
  name: string;
  type: GraphQLInputType;
  size: InputSize | undefined;
}

/** A place that a variable fills. */
export interface VariableUse extends Place {
  variable: string;
}

/** Checks the literals of a document. Returns the places that its variables fill, for each definition. */
export function checkLiterals(schema: GraphQLSchema, document: DocumentNode): Map<DefinitionNode, VariableUse[]> {
  const types = new TypeInfo(schema);
  const uses = new Map<DefinitionNode, VariableUse[]>();
  for (const definition of document.definitions) {
    const found: VariableUse[] = [];
    uses.set(definition, found);
    visit(
      definition,
      visitWithTypeInfo(types, {
        Argument({ value }) {
          const argument = types.getArgument();
          if (argument) checkLiteral(value, placeOf(argument), found);
        },
      }),
    );
  }
  return uses;
}

const placeOf = (
  of: { name: string; type: GraphQLInputType; extensions: { size?: InputSize } },
  within = '',
): Place => ({
  name: `${within}${of.name}`,
  type: of.type,
  size: of.extensions.size,
});

function checkLiteral(node: ValueNode, place: Place, uses: VariableUse[]): void {
  const { name } = place;
  const type = getNullableType(place.type);
  if (node.kind === Kind.VARIABLE) uses.push({ ...place, variable: node.name.value });
  else if (isListType(type)) {
    const items = node.kind === Kind.LIST ? node.values : [node];
    checkItems(items, place);
    items.forEach((item, i) => checkLiteral(item, { ...place, name: `${name}.${i}`, type: type.ofType }, uses));
  } else if (isInputObjectType(type)) {
    if (node.kind !== Kind.OBJECT) return;
    for (const { name: key, value } of node.fields) {
      const field = type.getFields()[key.value];
      if (field) checkLiteral(value, placeOf(field, `${name}.`), uses);
    }
  } else if (node.kind === Kind.STRING) checkBytes(node.value, place);
}

/** Checks the size of a variable's value, before it is coerced. */
export function checkValue(value: unknown, place: Place): void {
  const { name } = place;
  const type = getNullableType(place.type);
  if (isListType(type)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    checkItems(items, place);
    items.forEach((item, i) => checkValue(item, { ...place, name: `${name}.${i}`, type: type.ofType }));
  } else if (isInputObjectType(type)) {
    if (typeof value !== 'object' || value === null) return;
    for (const field of Object.values(type.getFields())) {
      if (Object.hasOwn(value, field.name)) {
        checkValue((value as Record<string, unknown>)[field.name], placeOf(field, `${name}.`));
      }
    }
  } else if (isJson(type)) {
    if (isDeeper(value, limits.document.depth)) {
      throw new BadRequestError(`${name}: must be at most ${limits.document.depth} levels deep.`);
    }
  } else if (typeof value === 'string') checkBytes(value, place);
}

function checkItems(items: readonly unknown[], { name, size }: Place): void {
  const most = size?.items ?? Infinity;
  if (size?.byRule || items.length <= most) return;
  throw new BadRequestError(`${name}: must have at most ${most} entries.`);
}

function checkBytes(value: string, { name, type, size }: Place): void {
  const allowed = bytesOf(type, size);
  if (size?.byRule || allowed === null || isWithin(value, allowed)) return;
  throw new BadRequestError(`${name}: must be at most ${allowed} bytes.`);
}

const isJson = (type: GraphQLInputType): boolean => isScalarType(type) && type.name === 'JSON';

/** Maximum bytes of a string of this type; null if it is limited like JSON. */
function bytesOf(type: GraphQLInputType, size: InputSize | undefined): number | null {
  const scalar = getNullableType(type);
  if (scalar === GraphQLID) return limits.id.bytes;
  if (isJson(scalar)) return null;
  // These are names of enums, dates, and values that are not strings.
  return size?.bytes ?? limits.otherScalar.bytes;
}

import type { DefinitionNode, DocumentNode, NameNode, SelectionNode, ValueNode } from 'graphql';
import type { MessageInput } from './messages.ts';

interface Named {
  readonly name: string;
  readonly input: MessageInput;
}

/** Makes one mutation that sends several messages, as fields of these names. The server executes them in this order. */
export function sendRequest(document: DocumentNode, messages: readonly Named[]) {
  const names = messages.map(({ name }) => name);
  return {
    // The source location is left out, because clients would print that source instead of the new document.
    mutation: { kind: document.kind, definitions: document.definitions.map((it) => forEach(names, it)) },
    variables: Object.fromEntries(messages.map(({ name, input }) => [variableOf(name), input])),
  };
}

const variableOf = (name: string) => `${name}Input`;

/** Repeats the field `sendMessage(input: $input)` of the document once for each name. Fragments stay as they are. */
function forEach(names: readonly string[], definition: DefinitionNode): DefinitionNode {
  if (!('operation' in definition)) return definition;
  const { variableDefinitions = [], selectionSet } = definition;
  return {
    ...definition,
    variableDefinitions: names.flatMap((name) =>
      variableDefinitions.map((it) => ({ ...it, variable: { ...it.variable, name: named(variableOf(name)) } })),
    ),
    selectionSet: {
      ...selectionSet,
      selections: names.flatMap((name) => selectionSet.selections.map((it) => fieldNamed(name, it))),
    },
  };
}

function fieldNamed(name: string, field: SelectionNode): SelectionNode {
  if (!('selectionSet' in field && 'name' in field)) return field;
  const ofInput = (value: ValueNode) => ('name' in value ? { ...value, name: named(variableOf(name)) } : value);
  return {
    ...field,
    alias: named(name),
    ...(field.arguments && { arguments: field.arguments.map((it) => ({ ...it, value: ofInput(it.value) })) }),
  };
}

const named = (value: string) => ({ kind: 'Name', value }) as NameNode;

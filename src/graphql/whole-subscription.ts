import { GraphQLError, type ASTVisitor, type SelectionNode, type ValidationContext } from 'graphql';

/** The root field of a subscription must not have `@skip` or `@include` (GraphQL, 5.2.4.1). */
export function WholeSubscriptionRule(context: ValidationContext): ASTVisitor {
  const check = (node: SelectionNode): void => {
    if (context.getParentType() !== context.getSchema().getSubscriptionType()) return;
    const directive = node.directives?.find(({ name }) => name.value === 'skip' || name.value === 'include');
    if (!directive) return;
    const message = `@${directive.name.value} cannot be used on the field of a subscription: leave the operation out instead.`;
    context.reportError(new GraphQLError(message, { nodes: directive }));
  };
  return { Field: check, InlineFragment: check, FragmentSpread: check };
}

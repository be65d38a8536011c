import type { TestUser } from './app.ts';

interface Page<Node> {
  edges: { node: Node }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}

/**
 * Reads all nodes of a connection, page by page. The query takes `$after` and selects `pageInfo { hasNextPage endCursor
 * }`.
 */
export async function allPages<Node>(user: TestUser, query: string, variables: object = {}): Promise<Node[]> {
  const nodes: Node[] = [];
  for (let after: string | null = null; ;) {
    const page: Page<Node> = await user.ask<Page<Node>>(query, { ...variables, after });
    nodes.push(...page.edges.map(({ node }) => node));
    if (!page.pageInfo.hasNextPage) return nodes;
    after = page.pageInfo.endCursor;
  }
}

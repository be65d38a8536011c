/** `/graphql` or `https://…/graphql`, as a WebSocket's address. */
export function webSocketUrl(url: string): string {
  const { href } = new URL(url, globalThis.location?.href);
  return href.replace(/^http/, 'ws');
}

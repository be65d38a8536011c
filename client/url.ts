/** `/graphql` or `https://…/graphql`, as a WebSocket's address. */
export function webSocketUrl(url: string): string {
  const page = globalThis.location?.href;
  if (!URL.canParse(url, page)) {
    throw new Error(
      `@parley/client: the url "${url}" is no address. Where there is no page, as on a server, pass an absolute one, such as "http://localhost:4000/graphql".`,
    );
  }
  return new URL(url, page).href.replace(/^http/, 'ws');
}

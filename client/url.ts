/** Turns `/graphql` or `https://…/graphql` into the address of a WebSocket. */
export function webSocketUrl(url: string): string {
  const page = globalThis.location?.href;
  if (!URL.canParse(url, page)) {
    throw new Error(
      `@parley/client: the url "${url}" is not a valid address. Where there is no page, as on a server, pass an absolute one, such as "http://localhost:4000/graphql".`,
    );
  }
  return new URL(url, page).href.replace(/^http/, 'ws');
}

import react from '@vitejs/plugin-react';
import { createServer, type ViteDevServer } from 'vite';
import { inject } from 'vitest';
import { installKit } from '../../support/snippets.ts';

/** The packages of an app, among them the kit as it is now. */
export const installPackages = (folder: string, packages: string[]): Promise<void> =>
  installKit(folder, packages, inject('kit'));

/** Starts Vite's server for an app in a folder. It forwards requests for Parley. */
export async function serveApp(root: string, parley: string): Promise<ViteDevServer> {
  const frontend = await createServer({
    root,
    configFile: false,
    plugins: [react()],
    logLevel: 'silent', // the proxy reports the server's death
    server: { host: '127.0.0.1', port: 0, proxy: { '/graphql': { target: parley, ws: true } } },
  });
  return frontend.listen();
}

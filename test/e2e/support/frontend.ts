import react from '@vitejs/plugin-react';
import { createServer, type ViteDevServer } from 'vite';

/** Vite's server for an app in a folder, which passes on what the app asks of Parley. */
export async function serveApp(root: string, parley: string): Promise<ViteDevServer> {
  const frontend = await createServer({
    root,
    configFile: false,
    plugins: [react()],
    logLevel: 'silent', // it tells of the server's death
    server: { host: '127.0.0.1', port: 0, proxy: { '/graphql': { target: parley, ws: true } } },
  });
  return frontend.listen();
}

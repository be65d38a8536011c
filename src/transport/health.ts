import type { ServerResponse } from 'node:http';

export interface Health {
  /** Whether a load balancer should send clients to this server. */
  ready: boolean;
  /** How much the server does, and the state of Redis; only `/health` shows it. */
  report?: object;
}

/** Each path, and whether it asks for readiness. The others ask whether the process runs. */
const paths: Record<string, { readiness: boolean; report?: true }> = {
  '/health': { readiness: true, report: true },
  '/healthz': { readiness: true },
  '/health/ready': { readiness: true },
  '/readyz': { readiness: true },
  '/health/live': { readiness: false },
  '/livez': { readiness: false },
};

export const isHealthPath = (path: string): boolean => Object.hasOwn(paths, path);

/** Answers 200; or 503 if readiness is asked for and events are not delivered or the server is about to stop. */
export function answerHealth(path: string, { ready, report }: Health, response: ServerResponse): void {
  const asked = paths[path];
  const healthy = ready || !asked?.readiness;
  response.writeHead(healthy ? 200 : 503, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ ready, ...(asked?.report && report) }));
}

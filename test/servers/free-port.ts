import { once } from 'node:events';
import { createServer } from 'node:net';

export const host = '127.0.0.1';

/** The distance of a node's cluster bus from its port, as in Redis. */
export const clusterBusOffset = 10_000;

// Below the ports that systems give to outgoing connections (from 32768 on Linux): a client that dials a stopped server
// there may get that very port and connect to itself, and the server could not start again.
const lowest = 10_000;
const highest = 32_767 - clusterBusOffset;

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, host), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** Ports that nobody will listen on: all servers, those of other runs included, get higher ones. */
export const nobodysPorts = [1, 2] as const;

/**
 * A port that is free, together with its cluster bus port. Another process may take it first, so the caller must be
 * ready to ask for another.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if ((await isFree(port)) && (await isFree(port + clusterBusOffset))) return port;
  }
}

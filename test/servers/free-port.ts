import { once } from 'node:events';
import { createServer } from 'node:net';

export const host = '127.0.0.1';

/** How far a node's cluster bus is from its port, as Redis has it. */
export const clusterBusOffset = 10_000;

// Below the ports that systems give to outgoing connections (from 32768 on Linux): a client that dials a stopped server
// in there may be given that very port and then talks to itself, and the server could not start again.
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

/** Ports that nobody listens on, nor will: servers get higher ones, other runs' as well. */
export const nobodysPorts = [1, 2] as const;

/**
 * A port that nobody listens on, nor on the cluster bus port that goes with it. Somebody else may be faster, so whoever
 * binds it must be ready to ask for another.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if ((await isFree(port)) && (await isFree(port + clusterBusOffset))) return port;
  }
}

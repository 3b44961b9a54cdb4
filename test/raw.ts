import type { CachexService } from '../lib/index.js';

/** Sends a command with keys and values as they are on the wire, on any topology; texts in the reply are strings. */
export async function raw(cache: CachexService, name: string, ...args: (string | Buffer)[]): Promise<unknown> {
  const { pool } = cache['executor'];
  const slot = args[0] === undefined ? undefined : pool.slotOf?.(args[0]);
  const reply = await pool.send({ name, args, access: 'write', slot });
  return Buffer.isBuffer(reply) ? reply.toString() : reply;
}

/** The remaining milliseconds of a key on the server. */
export async function keptMs(cache: CachexService, key: string): Promise<number> {
  return Number(await raw(cache, 'PTTL', cache.makeKey(key)));
}

/** Makes the server keep a key for this long, whatever it holds: as if time had passed. */
export async function keepFor(cache: CachexService, key: string, ms: number): Promise<void> {
  await raw(cache, 'PEXPIRE', cache.makeKey(key), String(ms));
}

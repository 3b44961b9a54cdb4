import type { CachexService } from '../lib/index.js';

/** A command as it is, keys and values as they are on the wire, whatever the topology; texts come back as strings. */
export async function raw(cache: CachexService, name: string, ...args: (string | Buffer)[]): Promise<unknown> {
  const { pool } = cache['executor'];
  const slot = args[0] === undefined ? undefined : pool.slotOf?.(args[0]);
  const reply = await pool.send({ name, args, access: 'write', slot });
  return Buffer.isBuffer(reply) ? reply.toString() : reply;
}

/** How many milliseconds the server still keeps a key. */
export async function keptMs(cache: CachexService, key: string): Promise<number> {
  return Number(await raw(cache, 'PTTL', cache.makeKey(key)));
}

/** Has the server keep a key so long, whatever it holds: as if time had gone by. */
export async function keepFor(cache: CachexService, key: string, ms: number): Promise<void> {
  await raw(cache, 'PEXPIRE', cache.makeKey(key), String(ms));
}

import type { CachexService } from '../lib/index.js';

/** A command as it is, keys and values as they are on the wire, whatever the topology; texts come back as strings. */
export async function raw(cache: CachexService, name: string, ...args: string[]): Promise<unknown> {
  const { pool } = cache['executor'];
  const slot = args[0] === undefined ? undefined : pool.slotOf?.(args[0]);
  const reply = await pool.send({ name, args, access: 'write', slot });
  return Buffer.isBuffer(reply) ? reply.toString() : reply;
}

import type { Redis } from 'ioredis';
import { isReply } from '../connection/index.js';

/** What tells this run of a server from all others; `''` where the server does not let this client ask. */
export async function runIdOf(redis: Redis): Promise<string> {
  try {
    return /^run_id:(\w+)/m.exec(await redis.info('server'))?.[1] ?? '';
  } catch (error) {
    if (isReply(error)) return '';
    throw error;
  }
}

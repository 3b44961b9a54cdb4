import { vi } from 'vitest';
import type { CachexService } from '../../lib/index.js';

/** The arguments of each command that the cache sends from now on, as text. */
export function sentArguments(cache: CachexService): string[] {
  const { pool } = cache['executor'];
  const sent: string[] = [];
  const { send, sendAll, transaction } = pool;
  vi.spyOn(pool, 'send').mockImplementation((command) => {
    sent.push(String(command.args));
    return send.call(pool, command);
  });
  vi.spyOn(pool, 'sendAll').mockImplementation((commands, ...rest) => {
    sent.push(...commands.map(({ args }) => String(args)));
    return sendAll.call(pool, commands, ...rest);
  });
  vi.spyOn(pool, 'transaction').mockImplementation((commands, ...rest) => {
    sent.push(...commands.map(({ args }) => String(args)));
    return transaction.call(pool, commands, ...rest);
  });
  return sent;
}

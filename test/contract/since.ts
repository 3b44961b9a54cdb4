import { expect } from 'vitest';
import { type CachexService, NotSupportedError } from '../../lib/index.js';
import { has, type Since } from '../../lib/wire/server-version.js';

/** Whether the servers of a cache have the features of a version. */
export async function servers(cache: CachexService, since: Since): Promise<boolean> {
  const server = await cache['executor'].pool.serverOf?.({ access: 'write', slot: 0 });
  return server === undefined || has(server, since);
}

/** Specifies behaviour of servers from a version on. Older ones get an error that names the version. */
export function from(
  since: Since,
  t: { readonly cache: CachexService },
  test: () => Promise<void>,
): () => Promise<void> {
  return async () => {
    const server = await t.cache['executor'].pool.serverOf?.({ access: 'write', slot: 0 });
    if (server && has(server, since)) return test();
    const outcome: unknown = await test().catch((error: unknown) => error);
    // A server that does not report its version may have it.
    if (!server && outcome === undefined) return;
    expect(outcome).toBeInstanceOf(NotSupportedError);
    expect((outcome as Error).message).toMatch(server ? refused : unknown);
  };
}

const refused =
  /^[HB]\w+ "\{[^"]+"(?: and \d more)? needs Redis [\d.]+(?: or Valkey [\d.]+)?, and the server is (Redis|Valkey) \d+\.\d+\.\d+\. See /;
const unknown =
  /^[HB]\w+ "\{[^"]+"(?: and \d more)?: ERR (?:unknown command '\w+'|syntax error) \(it needs Redis [\d.]+(?: or Valkey [\d.]+)?\)\. See /;

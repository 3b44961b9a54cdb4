import { expect } from 'vitest';
import { type CachexService, NotSupportedError } from '../../lib/index.js';
import { has, type Since } from '../../lib/wire/server-version.js';

/** Whether the servers of a cache have what came with a version. */
export async function servers(cache: CachexService, since: Since): Promise<boolean> {
  const server = await cache['executor'].pool.serverOf?.({ access: 'write', slot: 0 });
  return server === undefined || has(server, since);
}

/** A behaviour of servers from a version on. What older ones get is an error that names them. */
export function from(
  since: Since,
  t: { readonly cache: CachexService },
  test: () => Promise<void>,
): () => Promise<void> {
  return async () => {
    if (await servers(t.cache, since)) return test();
    const refusal: unknown = await test().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(NotSupportedError);
    expect((refusal as Error).message).toMatch(
      /^H\w+ "\{[^"]+" needs Redis [\d.]+ or Valkey [\d.]+, and the server is (Redis|Valkey) \d+\.\d+\.\d+$/,
    );
  };
}

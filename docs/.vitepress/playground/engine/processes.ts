import { Logger } from '@nestjs/common';
import { createService } from '../../../../lib/cachex.providers.js';
import type { CachexService } from '../../../../lib/cachex.service.js';
import { MemoryServer } from '../../../../lib/embedded/index.js';
import { type CachexOptions, resolveOptions } from '../../../../lib/options/index.js';
import type { ProcessState, StoredKey } from '../protocol.js';
import { show, showBytes } from './show.js';
import { SimulatedPool } from './simulated-pool.js';
import { watched } from './watched.js';

interface Process {
  readonly cache: CachexService;
  /** What the visitor's code has. */
  readonly shown: CachexService;
  readonly options: string;
}

const redis = new MemoryServer();
const processes = new Map<string, Process>();
/** So that values can be read on the wire. */
const defaults: CachexOptions = { keyPrefix: 'shop', serializer: 'json' };

/** The cache of a process, which goes on if it runs already with these options. */
export async function start(name: string, options: CachexOptions = {}): Promise<CachexService> {
  if (typeof name !== 'string')
    throw new TypeError("start takes the name of a process, and its options: start('A', {})");
  if ('connection' in options) throw new TypeError('leave out connection: all processes use the Redis of this page');
  const known = processes.get(name);
  if (known?.options === show(options)) return known.shown;
  await known?.cache.close();
  const poolClass = class extends SimulatedPool {
    constructor() {
      super(redis, name);
    }
  };
  const resolved = resolveOptions({ ...defaults, ...options, connection: { type: 'memory', poolClass } }, name);
  const cache = createService(resolved, new poolClass(), new Logger(name), name);
  await cache.onModuleInit();
  const shown = watched(cache, name);
  processes.set(name, { cache, shown, options: show(options) });
  return shown;
}

export function stateOfProcesses(): Promise<ProcessState[]> {
  return Promise.all(
    [...processes].map(async ([name, { cache }]) => {
      const { hits, misses, stale, errors, local } = await cache.stats();
      return { name, hits, misses, stale, errors, local: local?.hits ?? 0 };
    }),
  );
}

const mostKeys = 30;

/** What Redis holds. */
export async function storedKeys(): Promise<{ keys: StoredKey[]; keyCount: number }> {
  const session = redis.connect();
  const ask = async (...[name, ...args]: [string, ...(string | Buffer)[]]): Promise<unknown> =>
    session.call(name, args);
  const found = (await ask('KEYS', '*')) as Buffer[];
  const keys = await Promise.all(
    found.slice(0, mostKeys).map(async (key) => {
      const [type, ttl] = [String(await ask('TYPE', key)), Number(await ask('PTTL', key))];
      return { key: showBytes(key), type, ...(ttl >= 0 && { ttlMs: ttl }) };
    }),
  );
  session.close();
  return { keys, keyCount: found.length };
}

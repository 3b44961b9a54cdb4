import { describe, expect, it } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import { CachexService, type ConnectionPool, resolveOptions } from '../../lib/index.js';
import {
  commandMethods,
  perform,
  reads,
  type SampleCall,
  serviceReads,
  serviceWrites,
  writes,
} from '../faults/every-method.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { RecordingPool } from '../recording-pool.js';

/** Their last arguments are values or fields, so an object there is one of them. */
const withRest = /\.\.\./;
/** They have no version, or two of them. */
const others = new Set(['flushDb', 'invalidateTags', 'incrVersion', 'decrVersion']);

const calls = [...reads, ...writes, ...serviceReads, ...serviceWrites].filter(({ method }) => !others.has(method));

/** Channel names count as sent. */
class ListeningPool extends RecordingPool implements ConnectionPool {
  subscribe: NonNullable<ConnectionPool['subscribe']> = (name, listener) => {
    this.trips.push([`SUBSCRIBE ${String(name)}`]);
    queueMicrotask(() => listener.onListening());
    return { close: async () => undefined };
  };
}

function open() {
  const pool = new ListeningPool();
  const cache = createService(resolveOptions({ keyPrefix: 'p', version: 1 }), pool, new QuietLogger('Cachex'));
  cache.registerScript('answer', 'return 42');
  return { pool, cache };
}

/** The versions of the keys in the sent commands. */
async function versionsSent(pool: RecordingPool, sent: Promise<unknown>): Promise<string[]> {
  // The pool's answer is empty, and some replies cannot be read from that.
  await sent.catch(() => undefined);
  const keys = [
    ...pool.trips
      .flat()
      .join(' ')
      .matchAll(/\bp:([^:\s]+):/g),
  ];
  return [...new Set(keys.map(([, version]) => version!))];
}

/** The call with `{ version }` in its options, which come last; `undefined` if it takes none. */
function withOption({ method, args }: SampleCall): SampleCall[] {
  const source = String((CachexService.prototype as unknown as Record<string, unknown>)[method]);
  const parameters = source.slice(source.indexOf('(') + 1, source.indexOf(') {')).split(/,\s*(?![^{]*\})/);
  if (withRest.test(parameters.at(-1)!)) return [];
  const place = method === 'hset' && typeof args[1] !== 'string' ? 2 : parameters.length - 1;
  const options = args[place] as object | undefined;
  const own = typeof options === 'object' ? options : {};
  return [{ method, args: Object.assign([...args], { [place]: { ...own, version: 7 } }), away: undefined }];
}

describe('a version', () => {
  it.each(calls)('of a view applies to $method($args)', async (call) => {
    const { pool, cache } = open();
    expect(await versionsSent(pool, perform(cache.withVersion(7), call))).toEqual(['7']);
  });

  it.each(calls.flatMap(withOption))('of a call applies to $method($args)', async (call) => {
    const { pool, cache } = open();
    expect(await versionsSent(pool, perform(cache, call))).toEqual(['7']);
  });

  it.each([...reads, ...writes])('of a pipeline applies to $method($args)', async ({ method, args }) => {
    expect(commandMethods).toContain(method);
    const { pool, cache } = open();
    const pipeline = cache.pipeline({ version: 7 });
    (pipeline as unknown as Record<string, (...args: readonly unknown[]) => unknown>)[method]!(...args);
    expect(await versionsSent(pool, pipeline.execute())).toEqual(['7']);
  });
});

import { Logger } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import { fullEncodePre, resolveOptions } from '../../lib/index.js';
import { RecordingPool } from '../recording-pool.js';

type Untyped = Record<string, (...args: unknown[]) => unknown>;

function open(): { cache: Untyped; pipeline: () => Untyped; pool: RecordingPool } {
  const pool = new RecordingPool();
  const cache = createService(resolveOptions({ connection: 'memory://' }), pool, new Logger());
  cache.registerScript('take', 'return 1');
  cache.registerScript('store', 'return 1', { preFunc: fullEncodePre });
  return { cache: cache as unknown as Untyped, pipeline: () => cache.pipeline() as unknown as Untyped, pool };
}

const failure = async (call: () => unknown): Promise<unknown> => {
  try {
    return await call();
  } catch (error) {
    return error;
  }
};

describe('an argument that the compiler would refuse is a TypeError with advice, and nothing is sent', () => {
  const lists: [method: string, args: unknown[], message: string][] = [
    ['getMany', ['k'], 'Keys must be an array of strings, not string'],
    ['deleteMany', ['k'], 'Keys must be an array of strings, not string'],
    ['invalidateTags', ['t'], 'tags must be an array of strings, not string'],
    ['set', ['k', 1, { tags: 't' }], 'tags must be an array of strings, not string'],
    ['sunion', ['a', 'b'], 'Keys must be an array of strings, not string'],
    ['sdiffstore', ['d'], 'Keys must be an array of strings, not undefined'],
    ['blpop', ['k', 1], 'Keys must be an array of strings, not string'],
    ['xclaim', ['s', 'g', 'c', 0, '1-1'], 'IDs must be an array of strings, not string'],
    ['evalScript', ['take', 'k'], 'The keys of script take must be an array of strings, not string'],
    ['evalScript', ['take', null], 'The keys of script take must be an array of strings, not null'],
    [
      'evalScript',
      ['take', ['k'], { units: 1 }],
      'The arguments of script take must be an array of strings, numbers or Buffers, not an Object',
    ],
    [
      'evalScript',
      ['store', ['k'], 'v'],
      'The arguments of script store must be an array of strings, numbers or Buffers, not string',
    ],
    ['hmget', ['h', ['a', 'b']], 'A field must be a string, not an Array'],
  ];
  const options: [method: string, args: unknown[], message: string][] = [
    ['get', ['k', 'fallback'], 'Options must be an object such as { version: 2 }, not string'],
    ['getMany', [['k'], 60], 'Options must be an object such as { version: 2 }, not 60'],
    ['rename', ['a', 'b', 2], 'Options must be an object such as { version: 2 }, not 2'],
    ['getOrSet', ['k', 1, { lock: 'yes' }], 'lock must be true or false, not string'],
    ['getOrSet', ['k', 1, { onStale: 5 }], 'onStale must be a function, not 5'],
    ['getOrSetMany', [['k'], () => [], { onStale: 5 }], 'onStale must be a function, not 5'],
    ['lock', ['l', 30], 'Options must be an object such as { version: 2 }, not 30'],
    ['xread', [{ s: '0' }, 10], 'Options must be an object such as { version: 2 }, not 10'],
  ];
  const others: [method: string, args: unknown[], message: string][] = [
    ['lock', [undefined], 'A name must be a string, not undefined'],
    ['semaphore', [{}, 1], 'A name must be a string, not an Object'],
    [
      'evalScript',
      [{}, ['k']],
      'A script must be given by its name, or as registerScript returned it, not as an Object',
    ],
    ['xack', ['s', 'g', '1\n2'], "An entry ID must be like '1700000000000-0', not '1\\n2'"],
  ];
  const notOnPipelines = [
    'getMany',
    'getOrSet',
    'getOrSetMany',
    'deleteMany',
    'invalidateTags',
    'blpop',
    'lock',
    'semaphore',
  ];

  it.each([...lists, ...options, ...others])('%s(%j)', async (method, args, message) => {
    const { cache, pipeline, pool } = open();
    const surfaces = notOnPipelines.includes(method) ? [cache] : [cache, pipeline()];
    for (const surface of surfaces) {
      expect(await failure(() => surface[method]!(...args))).toStrictEqual(new TypeError(message));
    }
    expect(pool.trips).toEqual([]);
  });
});

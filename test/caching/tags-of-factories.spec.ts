import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import { type CachexService, type FactoryContext, resolveOptions } from '../../lib/index.js';
import { RecordingPool } from '../recording-pool.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';

expectNoUnhandledRejections();

type Tagging = (context: FactoryContext) => number;

describe('a factory that names tags and declares no parameter', () => {
  let pool: RecordingPool;
  let cache: CachexService;
  const warn = vi.fn<(message: string) => void>();
  beforeEach(() => {
    warn.mockClear();
    pool = new RecordingPool();
    const replies: Record<string, unknown> = { HGETALL: [Buffer.from('base'), Buffer.from('x')], GET: null };
    pool.reply = (name, args) => (name in replies ? replies[name] : args.includes('NX') ? null : 'OK');
    const logger = Object.assign(new Logger('Cachex'), { warn });
    const options = resolveOptions({ connection: 'redis://127.0.0.1', keyPrefix: 'p', timeout: 60 });
    cache = createService(options, pool, logger);
  });

  const nobody: Pick<FactoryContext, 'setTags'> = { setTags: () => undefined };
  const withDefault = ({ setTags }: Pick<FactoryContext, 'setTags'> = nobody): number => (setTags(['x']), 1);
  const isStored = (key: string): boolean =>
    pool.trips
      .flat()
      .some((command) => command.startsWith('EVALSHA') && command.includes(` p:1:${key} `) && command.includes(' PX '));
  const questions = (): number => pool.trips.flat().filter((command) => command.startsWith('HGETALL')).length;

  it.each<[string, Tagging]>([
    ['rest', (...[{ setTags }]) => (setTags(['x']), 1)],
    ['a default', withDefault],
    [
      'arguments',
      function tagging() {
        // oxlint-disable-next-line prefer-rest-params
        (arguments[0] as FactoryContext).setTags(['x']);
        return 1;
      },
    ],
  ])('has its value stored, but for the first in a process: %s', async (_, factory) => {
    expect(await cache.getOrSet('a', factory)).toBe(1);
    expect(isStored('a')).toBe(false);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('The value of "a" was made and not stored'));
    expect(await cache.getOrSet('b', factory)).toBe(1);
    expect(isStored('b')).toBe(true);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('makes nobody ask who names none: a value, or factories as long as none was seen', async () => {
    await cache.getOrSet('a', () => 1);
    await cache.getOrSet('b', 1);
    expect(questions()).toBe(0);
    await cache.getOrSet('c', (...[{ setTags }]) => (setTags(['x']), 1));
    const before = questions();
    await cache.getOrSet('d', 1);
    expect(questions()).toBe(before);
  });

  it('one that declares its parameter has its value stored from the first on', async () => {
    await cache.getOrSet('a', ({ setTags }) => (setTags(['x']), 1));
    expect(isStored('a')).toBe(true);
    expect(warn).not.toHaveBeenCalled();
  });
});

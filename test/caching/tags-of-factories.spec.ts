import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import { type CachexService, type FactoryContext, resolveOptions } from '../../lib/index.js';
import { RecordingPool } from '../recording-pool.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';

expectNoUnhandledRejections();

type Tagging = (context: FactoryContext) => number;

describe('a factory that names tags', () => {
  let pool: RecordingPool;
  let cache: CachexService;
  let generation: Buffer[];
  const warn = vi.fn<(message: string) => void>();
  beforeEach(() => {
    warn.mockClear();
    pool = new RecordingPool();
    generation = [Buffer.from('base'), Buffer.from('x')];
    const replies: Record<string, () => unknown> = { HGETALL: () => generation, GET: () => null, SET: () => null };
    pool.reply = (name) => (name in replies ? replies[name]!() : 1);
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
    ['a parameter', ({ setTags }) => (setTags(['x']), 1)],
  ])('has its value stored from the first on, however it takes the context: %s', async (_, factory) => {
    await cache.getOrSet('other', () => 1);
    expect(await cache.getOrSet('a', factory)).toBe(1);
    expect(isStored('a')).toBe(true);
    expect(await cache.getOrSet('b', factory)).toBe(1);
    expect(isStored('b')).toBe(true);
    expect(warn).not.toHaveBeenCalled();
  });

  it('makes the cache ask once, as long as no factory sets any', async () => {
    await cache.getOrSet('a', 1);
    expect(questions()).toBe(0);
    await cache.getOrSet('b', () => 1);
    await cache.getOrSet('c', ({ key }) => key);
    expect(questions()).toBe(1);
  });

  it('makes the cache ask before each factory from then on, except for a value, or with setsTags: false', async () => {
    await cache.getOrSet('a', ({ setTags }) => (setTags(['x']), 1));
    const before = questions();
    await cache.getOrSet('b', 1);
    await cache.getOrSet('c', () => 1, { setsTags: false });
    expect(questions()).toBe(before);
    await cache.getOrSet('d', () => 1);
    expect(questions()).toBe(before + 1);
  });

  it('with setsTags: true, its value is stored whatever was invalidated since the first miss', async () => {
    await cache.getOrSet('a', () => 1);
    generation = [Buffer.from('base'), Buffer.from('y')];
    const tagging: Tagging = ({ setTags }) => (setTags(['x']), 1);
    expect(await cache.getOrSet('b', tagging, { setsTags: true })).toBe(1);
    expect(isStored('b')).toBe(true);
  });

  it('its value is not stored if its tags were invalidated since the first miss, but the next one is', async () => {
    await cache.getOrSet('a', () => 1);
    generation = [Buffer.from('base'), Buffer.from('y')];
    const tagging: Tagging = ({ setTags }) => (setTags(['x']), 1);
    expect(await cache.getOrSet('b', tagging)).toBe(1);
    expect(isStored('b')).toBe(false);
    expect(await cache.getOrSet('b', tagging)).toBe(1);
    expect(isStored('b')).toBe(true);
    expect(warn).not.toHaveBeenCalled();
  });

  it('with setsTags: false, its value is not stored, and the log says so', async () => {
    expect(await cache.getOrSet('a', ({ setTags }) => (setTags(['x']), 1), { setsTags: false })).toBe(1);
    expect(isStored('a')).toBe(false);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('pass setsTags: true'));
  });
});

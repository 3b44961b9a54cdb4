import { expect, it } from 'vitest';
import { WrongTypeError } from '../../lib/index.js';
import { contract } from './contract.js';
import { from } from './since.js';
import { leftOf } from '../left-of.js';

const numbers = Array.from({ length: 1203 }, (_, n) => n);
const names = numbers.map((n) => `f${n}`);
const fields = Object.fromEntries(names.map((name, n) => [name, n]));

contract((t) => {
  it('sets accept any number of members', async () => {
    expect(await t.on.sadd(t.key(), 0, 1202)).toBe(2);
    expect(await t.on.sadd(t.key(), ...numbers)).toBe(1201);
    expect(await t.on.smismember(t.key(), ...numbers, 'none')).toEqual([...numbers.map(() => true), false]);
    expect(await t.on.srem(t.key(), ...numbers, 'none')).toBe(1203);
    expect(await t.on.hasKey(t.key())).toBe(false);
  });

  it('sorted sets accept any number of members, under their conditions', async () => {
    const members = numbers.map((n): [number, number] => [n, n]);
    expect(await t.on.zadd(t.key(), members)).toBe(1203);
    expect(
      await t.on.zadd(
        t.key(),
        members.map(([n]) => [n, n % 2 ? n : n + 1]),
        { gt: true, ch: true },
      ),
    ).toBe(602);
    const scores = await t.on.zmscore(t.key(), ...numbers, 'none');
    expect([scores.length, scores[0], scores[1202], scores[1203]]).toEqual([1204, 1, 1203, undefined]);
    expect(await t.on.zrem(t.key(), ...numbers)).toBe(1203);
    expect(
      await t.on.geoadd(
        t.key('geo'),
        members.map(([n]) => [n, { longitude: n / 10, latitude: 1 }]),
      ),
    ).toBe(1203);
    const places = await t.on.geopos(t.key('geo'), ...numbers);
    expect(places[1200]!.longitude).toBeCloseTo(120, 3);
  });

  it('lists accept any number of elements, in order', async () => {
    expect(await t.on.rpush(t.key('r'), ...numbers)).toBe(1203);
    expect(await t.on.rpushx(t.key('r'), ...numbers)).toBe(2406);
    expect(await t.on.lrange(t.key('r'), 0, -1)).toEqual([...numbers, ...numbers]);
    expect(await t.on.lpush(t.key('l'), ...numbers)).toBe(1203);
    expect(await t.on.lrange(t.key('l'), 0, -1)).toEqual(numbers.toReversed());
    expect(await t.on.lpushx(t.key('none'), ...numbers)).toBe(0);
  });

  it('hashes accept any number of fields', async () => {
    expect(await t.on.hset(t.key(), { f0: 'a', f1202: 'b' })).toBe(2);
    expect(await t.on.hset(t.key(), fields)).toBe(1201);
    expect(await t.on.hmset(t.key(), fields)).toBe(true);
    expect(await t.on.hmget(t.key(), ...names, 'none')).toEqual([...numbers, undefined]);
    expect(await t.on.hdel(t.key(), ...names, 'none')).toBe(1203);
  });

  it(
    'any number of fields get an expiry',
    from({ redis: '8.0', valkey: '9.1' }, t, async () => {
      expect(await t.on.hsetex(t.key(), fields, '1m')).toBe(true);
      expect(await t.on.httl(t.key(), names)).toEqual(numbers.map(() => leftOf(60)));
      expect(await t.on.hexpire(t.key(), '2m', [...names, 'none'])).toEqual([...numbers.map(() => true), false]);
      expect(await t.on.hgetex(t.key(), null, names)).toEqual(numbers);
      expect(await t.on.hpersist(t.key(), names)).toEqual(numbers.map(() => false));
      expect(await t.on.hgetdel(t.key(), ['none', ...names])).toEqual([undefined, ...numbers]);
    }),
  );

  it('HyperLogLogs accept any number of members', async () => {
    expect(await t.on.pfadd(t.key(), ...numbers)).toBe(true);
    expect(await t.on.pfadd(t.key(), ...numbers)).toBe(false);
    expect(Math.abs((await t.on.pfcount(t.key())) - 1203)).toBeLessThan(60);
  });

  it('streams accept any number of IDs', async () => {
    const ids = numbers.map((n) => `${n + 1}-0`);
    const pipeline = t.cache.pipeline();
    for (const id of ids) pipeline.xadd(t.key(), { n: 1 }, { id });
    await pipeline.execute();
    await t.cache.xgroupCreate(t.key(), 'g', '0');
    await t.cache.xreadgroup('g', 'ada', { [t.key()]: '>' });
    const claimed = await t.on.xclaim(t.key(), 'g', 'grace', 0, ids, { justid: true });
    expect(claimed).toEqual(ids);
    expect(await t.on.xack(t.key(), 'g', ...ids)).toBe(1203);
    expect(await t.on.xdel(t.key(), ...ids, '9999-0')).toBe(1203);
  });

  it('are refused by a key of another type', async () => {
    await t.cache.set(t.key(), 1);
    await expect(t.on.sadd(t.key(), ...numbers)).rejects.toThrow(WrongTypeError);
    await expect(t.on.hmget(t.key(), ...names)).rejects.toThrow(WrongTypeError);
  });
});

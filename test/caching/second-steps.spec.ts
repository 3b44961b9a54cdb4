import { expect, it } from 'vitest';
import { contract } from '../contract/contract.js';
import { raw } from '../raw.js';

contract((t) => {
  it.each<[string, object]>([
    ['without tags', {}],
    ['with a buffer', { stampede: true }],
    ['with tags', { tags: ['own'] }],
  ])('what takes the place of an invalidated entry is what was handed over: %s', async (_, options) => {
    const tags = [t.key('tag')];
    await t.cache.set(t.key(), 'old', { tags });
    await t.cache.invalidateTags(tags);
    const user = { name: 'Ada' };
    const adding = t.on.add(t.key(), user, options);
    user.name = 'Bob';
    expect(await adding).toBe(true);
    expect(await t.cache.get(t.key())).toEqual({ name: 'Ada' });
  });

  it('an invalidated entry is restored as it was, whatever happened to the value in its place', async () => {
    const tags = [t.key('tag')];
    await t.cache.set(t.key(), 'old', { tags });
    await t.cache.invalidateTags(tags);
    const before = await raw(t.cache, 'GET', t.cache.makeKey(t.key()));
    const user = { name: 'Ada' };
    const setting = t.on.set(t.key(), user, { xx: true });
    user.name = 'Bob';
    expect(await setting).toBe(false);
    expect(await raw(t.cache, 'GET', t.cache.makeKey(t.key()))).toBe(before);
  });
});

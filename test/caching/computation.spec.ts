import { describe, expect, it } from 'vitest';
import { Computation, Wait } from '../../lib/caching/computation.js';

const cache = {};
const computation = (id: string) => new Computation(cache, id);

describe('a computation', () => {
  it('is needed by everything that waits for it, directly or not, while it waits', () => {
    const [a, b, c] = ['a', 'b', 'c'].map(computation) as [Computation, Computation, Computation];
    const waits = [new Wait(a, b), new Wait(b, c), new Wait(c, a)];
    expect(['a', 'b', 'c'].map((id) => c.isNeededFor(cache, id))).toEqual([true, true, true]);
    expect(c.isNeededFor({}, 'a')).toBe(false);
    for (const wait of waits) wait.end();
    expect(c.isNeededFor(cache, 'a')).toBe(false);
    expect(c.isNeededFor(cache, 'c')).toBe(true);
  });

  it('waits for locks only in the order of their names, even through others', () => {
    const [holder, middle, inner] = ['holder', 'middle', 'inner'].map(computation) as [
      Computation,
      Computation,
      Computation,
    ];
    holder.heldLock = 'm';
    const waits = [new Wait(holder, middle), new Wait(middle, inner)];
    expect(['a', 'm', 'z'].map((name) => inner.mayAwaitLock(name))).toEqual([false, false, true]);
    waits[0]!.end();
    expect(inner.mayAwaitLock('a')).toBe(true);
  });

  it('does not join one that waits for a lock before its own', () => {
    const [holder, other, inner] = ['holder', 'other', 'inner'].map(computation) as [
      Computation,
      Computation,
      Computation,
    ];
    holder.heldLock = 'm';
    const wait = new Wait(other, inner);
    expect(holder.mayJoin(other)).toBe(true);
    inner.awaitedLock = 'a';
    expect(holder.mayJoin(other)).toBe(false);
    inner.awaitedLock = 'z';
    expect(holder.mayJoin(other)).toBe(true);
    wait.end();
  });
});

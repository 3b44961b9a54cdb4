import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { type Timeout, toInstant, toMilliseconds } from '../../lib/arguments/timeout.js';

describe('toMilliseconds', () => {
  it.each<[Timeout, number | null]>([
    [null, null],
    [0, 0],
    [-0, 0],
    [-5, 0],
    [-1e300, 0],
    [60, 60_000],
    [0.25, 250],
    [1.005, 1005],
    [0.0004, 1],
    [Number.MIN_VALUE, 1],
    ['250ms', 250],
    ['1.5s', 1500],
    ['.5s', 500],
    ['5m', 300_000],
    ['5 m', 300_000],
    ['1h 30m', 5_400_000],
    ['1h30m', 5_400_000],
    ['30m 1h', 5_400_000],
    [' 2d ', 172_800_000],
    ['1w', 604_800_000],
    ['1w 2d 3h 4m 5s 6ms', 788_645_006],
    ['0s', 0],
    ['0.2ms', 1],
    ['-5s', 0],
    ['- 1h 30m', 0],
    ['+5s', 5000],
  ])('%j is %j', (timeout, ms) => {
    expect(toMilliseconds(timeout)).toBe(ms);
    // The second call finds the parsed duration in memory.
    expect(toMilliseconds(timeout)).toBe(ms);
  });

  it.each<[unknown, string]>([
    [
      '5 bananas',
      "timeout must be a number of seconds or a duration such as '250ms', '5m' or '1h 30m', not '5 bananas'",
    ],
    ['', "'1h 30m', not ''"],
    [' ', "'1h 30m', not ' '"],
    ['never', "not 'never'"],
    ['5M', "not '5M'"],
    ['1h 30', "not '1h 30'"],
    ['1h -30m', "not '1h -30m'"],
    ['--5s', "not '--5s'"],
    ['1.s', "not '1.s'"],
    ['1.5.5s', "not '1.5.5s'"],
    ['1e3s', "not '1e3s'"],
    ['Infinity', "not 'Infinity'"],
    ['60', "timeout '60' has no unit: write 60 for seconds, or '60s'"],
    ['-1.5', "timeout '-1.5' has no unit: write -1.5 for seconds, or '-1.5s'"],
    [NaN, 'not NaN'],
    [Infinity, 'not Infinity'],
    [-Infinity, 'not -Infinity'],
    [undefined, 'not undefined'],
    [true, 'not a boolean'],
    [5n, 'not a bigint'],
    [Symbol('s'), 'not a symbol'],
    [() => 5, 'not a function'],
    [new Date(0), 'not a Date'],
    [new Date(NaN), 'not an invalid Date'],
    [{ seconds: 5 }, 'not an object'],
    [[5], 'not an object'],
    [Object(5), 'not an object'],
    ['x'.repeat(1000), `not '${'x'.repeat(40)}…'`],
  ])('refuses %o', (timeout, message) => {
    expect(() => toMilliseconds(timeout as Timeout)).toThrow(TypeError);
    expect(() => toMilliseconds(timeout as Timeout)).toThrow(message);
  });

  it('names the option', () => {
    expect(() => toMilliseconds(NaN, 'commandTimeout')).toThrow(/^commandTimeout must be /);
    expect(() => toMilliseconds('60', 'commandTimeout')).toThrow(/^commandTimeout '60' has no unit/);
    expect(() => toMilliseconds(1e300, 'commandTimeout')).toThrow(/^commandTimeout is too long/);
  });

  describe('at the end of time', () => {
    afterEach(() => {
      vi.useRealTimers();
    });

    it('refuses timeouts that end after the largest number', () => {
      const now = 1_800_000_000_000;
      vi.useFakeTimers({ now });
      const longest = Number.MAX_SAFE_INTEGER - now;
      expect(toMilliseconds(`${longest}ms`)).toBe(longest);
      for (const timeout of [
        `${longest + 2}ms`,
        Number.MAX_SAFE_INTEGER,
        1e300,
        Number.MAX_VALUE,
        `${'9'.repeat(400)}w`,
      ]) {
        expect(() => toMilliseconds(timeout)).toThrow(
          new TypeError('timeout is too long: Redis cannot hold an expiry that far away'),
        );
      }
    });
  });

  it('reads every duration that is written with units', () => {
    const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
    const part = fc.record({
      amount: fc.integer({ min: 0, max: 9999 }),
      unit: fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[])),
      gap: fc.constantFrom('', ' ', '  '),
    });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
        const text = parts.map(({ amount, unit, gap }) => `${amount}${gap}${unit}${gap}`).join('');
        const ms = parts.reduce((sum, { amount, unit }) => sum + amount * units[unit], 0);
        expect(toMilliseconds(text)).toBe(ms);
        expect(toMilliseconds(`-${text}`)).toBe(0);
      }),
    );
  });

  it('keeps seconds to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), (ms) => {
        expect(toMilliseconds(ms / 1000)).toBe(ms);
      }),
    );
  });

  it('answers a hostile string at once', () => {
    const before = process.cpuUsage();
    for (const text of [' '.repeat(100_000), '1'.repeat(100_000), '1s '.repeat(30_000) + 'x']) {
      expect(() => toMilliseconds(text)).toThrow(TypeError);
    }
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(1000);
  });
});

describe('toInstant', () => {
  it.each<[Date | number, 'seconds' | 'milliseconds', number]>([
    [new Date(1_700_000_000_123), 'seconds', 1_700_000_000_123],
    [new Date(1_700_000_000_123), 'milliseconds', 1_700_000_000_123],
    [1_700_000_000, 'seconds', 1_700_000_000_000],
    [1_700_000_000.5, 'seconds', 1_700_000_000_500],
    [1_700_000_000_123, 'milliseconds', 1_700_000_000_123],
    [1_700_000_000_123.4, 'milliseconds', 1_700_000_000_123],
    [-1, 'seconds', -1000],
    [0, 'seconds', 0],
  ])('%o in %s is %d', (when, unit, ms) => {
    expect(toInstant(when, unit)).toBe(ms);
  });

  it.each<[unknown, string]>([
    [new Date(NaN), 'An instant must be a Date or a Unix time in seconds, not an invalid Date'],
    [NaN, 'not NaN'],
    [Infinity, 'not Infinity'],
    [1e300, 'not 1e+300'],
    ['2030-01-01', "not '2030-01-01'"],
    [5n, 'not a bigint'],
    [null, 'not null'],
    [undefined, 'not undefined'],
    [{}, 'not an object'],
  ])('refuses %o', (when, message) => {
    expect(() => toInstant(when as Date, 'seconds')).toThrow(TypeError);
    expect(() => toInstant(when as Date, 'seconds')).toThrow(message);
  });
});

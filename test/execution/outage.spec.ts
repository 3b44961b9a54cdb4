import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  AuthenticationError,
  CommandTimeoutError,
  ConnectionError,
  KeyNotFoundError,
  OutOfMemoryError,
  ReadOnlyError,
  WrongTypeError,
} from '../../lib/index.js';
import { Outage } from '../../lib/execution/outage.js';

const away = new ConnectionError('no connection');

describe('Outage', () => {
  let said: string[];
  const logger = { warn: (line: unknown) => said.push(String(line)), log: (line: unknown) => said.push(String(line)) };
  const outageOf = (options: Partial<ConstructorParameters<typeof Outage>[0]> = {}) =>
    new Outage({ ignoreExceptions: true, logIgnoredExceptions: true, ...options }, logger);

  beforeEach(() => {
    said = [];
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => vi.useRealTimers());

  it('ignores that the server is away', () => {
    expect(outageOf().forgives(away)).toBe(true);
    expect(outageOf().forgives(new CommandTimeoutError('no answer'))).toBe(true);
    expect(outageOf({ ignoreExceptions: false }).forgives(away)).toBe(false);
  });

  it.each([WrongTypeError, OutOfMemoryError, ReadOnlyError, AuthenticationError, KeyNotFoundError, TypeError])(
    'never ignores a %o',
    (type) => {
      expect(outageOf().forgives(new type('refused'))).toBe(false);
      expect(said).toEqual([]);
    },
  );

  it('is logged once, at its beginning and at its end', () => {
    const outage = outageOf();
    outage.forgives(away);
    outage.forgives(away);
    vi.advanceTimersByTime(5_000);
    outage.over();
    outage.over();
    expect(said).toEqual(['Continuing without the cache: no connection', 'The cache is back']);
    outage.forgives(away);
    expect(said).toHaveLength(3);
  });

  it('is one outage while some nodes of several answer', () => {
    const outage = outageOf();
    for (let second = 0; second < 60; second++) {
      outage.forgives(away);
      vi.advanceTimersByTime(1_000);
      outage.over();
    }
    expect(said).toHaveLength(1);
  });

  it('is silent without logIgnoredExceptions', () => {
    const outage = outageOf({ logIgnoredExceptions: false });
    outage.forgives(away);
    vi.advanceTimersByTime(5_000);
    outage.over();
    expect(said).toEqual([]);
  });
});

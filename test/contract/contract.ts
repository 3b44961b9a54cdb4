import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, inject } from 'vitest';
import type { CachexOptions, CachexService } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { type Surface, surfaces } from './surfaces.js';
import { topologies } from './topologies.js';

/** The context of a specification; its properties are set while a test runs. */
export interface Subject {
  /** The service, for methods that a pipeline lacks. */
  readonly cache: CachexService;
  /** The single commands on the surface under test. */
  readonly on: Surface;
  /** Whether the keys of one call must be in one slot. */
  readonly isSlotted: boolean;
  /** Whether the user may not call a command. */
  refuses(command: string): boolean;
  /** A key that no other test uses. */
  key(name?: string): string;
}

/** Specifies behaviour once, for every topology. */
export function onEveryTopology(
  specify: (subject: Omit<Subject, 'on'>) => void,
  options: Omit<CachexOptions, 'connection'> = {},
): void {
  describe.each(topologies)('on $name', ({ name, isSlotted = false, refuses = [] }) => {
    let cache: CachexService;
    let prefix: string;
    beforeAll(async () => {
      cache = await openCache({ ...options, keyPrefix: randomUUID(), connection: inject('connections')[name]! });
    });
    beforeEach(() => {
      prefix = randomUUID().slice(0, 8);
    });
    afterAll(async () => {
      await cache.unscoped().clear();
      await cache.close();
    });
    specify({
      get cache() {
        return cache;
      },
      isSlotted,
      refuses: (command) => refuses.includes(command),
      key: (part = 'key') => `{${prefix}}${part}`,
    });
  });
}

/** Specifies the behaviour of single commands once, for every topology and every surface. */
export function contract(specify: (subject: Subject) => void, options?: Omit<CachexOptions, 'connection'>): void {
  onEveryTopology((subject) => {
    describe.each(surfaces)('through the %s', (_, surface) => {
      specify({
        get cache() {
          return subject.cache;
        },
        get on() {
          return surface(subject.cache);
        },
        isSlotted: subject.isSlotted,
        refuses: subject.refuses,
        key: subject.key,
      });
    });
  }, options);
}

import { setImmediate } from 'node:timers/promises';
import { BadRequestException } from '@nestjs/common';
import type { CachexService } from '../index.js';
import type { Progress } from './changes.js';
import type { MatchDto } from './dto/key.dto.js';
import { ofType } from './key-search.js';

/** A preview of the keys that a deletion would delete. */
export interface KeySample {
  readonly count: number;
  /** `false` if there are more keys, because counting them takes too long. */
  readonly isComplete: boolean;
  /** The first keys that were found. */
  readonly sample: readonly string[];
  /** Whether the user has to type the pattern again. */
  readonly mustConfirm: boolean;
}

type Match = Pick<MatchDto, 'pattern' | 'type'>;

/** More keys need a confirmation. */
const mostUnconfirmed = 1000;
const sampleLength = 20;
const countMs = 3000;
const step = 1000;

/** The count is approximate, because SCAN may return a key twice. */
export async function sampleOf(cache: CachexService, match: Match): Promise<KeySample> {
  const endsAt = performance.now() + countMs;
  const sample = new Set<string>();
  let [count, isComplete] = [0, true];
  for await (const names of matching(cache, match)) {
    count += names.length;
    for (const name of names) if (sample.size < sampleLength) sample.add(name);
    if (performance.now() > endsAt) {
      isComplete = false;
      break;
    }
  }
  const mustConfirm = isEverything(match.pattern) || count > mostUnconfirmed || !isComplete;
  return { count, isComplete, sample: [...sample].toSorted(), mustConfirm };
}

/**
 * Deletes the matching keys step by step.
 *
 * @throws BadRequestException if many keys match and `confirm` is not the pattern
 */
export async function deletionOf(
  cache: CachexService,
  match: Match,
  confirm: string | undefined,
): Promise<AsyncIterable<Progress>> {
  if (confirm !== match.pattern && (await isMuch(cache, match))) {
    throw new BadRequestException(
      `confirm must be the pattern: it matches every key, or more than ${mostUnconfirmed} of them`,
    );
  }
  return deleting(cache, match);
}

async function* deleting(cache: CachexService, match: Match): AsyncGenerator<Progress> {
  let deleted = 0;
  for await (const names of matching(cache, match)) {
    if (names.length > 0) deleted += await cache.deleteMany(names);
    yield { deleted };
    // The embedded engine answers without I/O: give a cancellation its turn.
    await setImmediate();
  }
}

async function isMuch(cache: CachexService, match: Match): Promise<boolean> {
  if (isEverything(match.pattern)) return true;
  let count = 0;
  for await (const names of matching(cache, match)) if ((count += names.length) > mostUnconfirmed) return true;
  return false;
}

const isEverything = (pattern: string): boolean => /^\**$/.test(pattern);

/** Yields the names that each step of SCAN finds. */
export async function* matching(cache: CachexService, { pattern, type }: Match): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const page = await cache.scan(cursor, { pattern, count: step });
    // A foreign key may end after prefix and version. Its name is empty, so no call can reach it.
    const names = page.keys.filter((key) => key !== '');
    yield type === undefined ? names : await ofType(cache, names, type);
    cursor = page.cursor;
  } while (cursor !== '0');
}

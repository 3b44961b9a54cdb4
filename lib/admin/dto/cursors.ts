import { cursorShape } from '../../keyspace/scan-cursor.js';
import { Obeys } from '../../options/option-rules.js';

const largest = 2n ** 64n - 1n;

/** What SCAN goes on from, and each half of the ID of an entry of a stream, is a number of 64 bits. */
export const isPosition = (text: unknown): text is string =>
  typeof text === 'string' && /^\d{1,20}$/.test(text) && BigInt(text) <= largest;

/** Of one entry: `17` alone would mean all of a millisecond. */
export const isEntryId = (text: unknown): text is string => {
  const halves = typeof text === 'string' ? text.split('-') : [];
  return halves.length === 2 && halves.every(isPosition);
};

const mustBeGiven = (what: string): TypeError => new TypeError(`${what} must be the one that the last page gave`);

/** @throws TypeError where it is no cursor of such a page */
export function checkedCursor(cursor: string, isOne: (text: string) => boolean): string {
  if (!isOne(cursor)) throw mustBeGiven('cursor');
  return cursor;
}

/** The property says where a walk of the keys of all servers goes on. */
export const IsWalkCursor = (): PropertyDecorator =>
  Obeys('isWalkCursor', (value, what) => {
    if (!isPosition(cursorShape.exec(String(value))?.[1])) throw mustBeGiven(what);
  });

/** The property says where a list of pending entries goes on: behind the last one. */
export const IsPendingCursor = (): PropertyDecorator =>
  Obeys('isPendingCursor', (value, what) => {
    const [, id] = /^\((.*)$/.exec(String(value)) ?? [];
    if (!isEntryId(id)) throw mustBeGiven(what);
  });

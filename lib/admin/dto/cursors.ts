import { cursorShape } from '../../keyspace/scan-cursor.js';
import { Obeys } from '../../options/option-rules.js';

const largest = 2n ** 64n - 1n;

/** An unsigned 64-bit number: a cursor of SCAN, or either half of an entry ID. */
export const isPosition = (text: unknown): text is string =>
  typeof text === 'string' && /^\d{1,20}$/.test(text) && BigInt(text) <= largest;

/** A complete entry ID: `17` alone would mean every entry of a millisecond. */
export const isEntryId = (text: unknown): text is string => {
  const halves = typeof text === 'string' ? text.split('-') : [];
  return halves.length === 2 && halves.every(isPosition);
};

const mustBeGiven = (what: string): TypeError => new TypeError(`${what} must be the one that the last page gave`);

/** @throws TypeError if the text is not a cursor of this kind of page */
export function checkedCursor(cursor: string, isOne: (text: string) => boolean): string {
  if (!isOne(cursor)) throw mustBeGiven('cursor');
  return cursor;
}

/** Validates the cursor of a walk through the keys of all servers. */
export const IsWalkCursor = (): PropertyDecorator =>
  Obeys('isWalkCursor', (value, what) => {
    if (!isPosition(cursorShape.exec(String(value))?.[1])) throw mustBeGiven(what);
  });

/** Validates the cursor of a list of pending entries: the last entry of the previous page. */
export const IsPendingCursor = (): PropertyDecorator =>
  Obeys('isPendingCursor', (value, what) => {
    const [, id] = /^\((.*)$/.exec(String(value)) ?? [];
    if (!isEntryId(id)) throw mustBeGiven(what);
  });

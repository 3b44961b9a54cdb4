import { inspect } from 'node:util';
import { typedOf } from '../typed/typed-writer.js';
import { type Budget, jsonOf, longestPrintedList, printableDepth } from '../typed/value-walk.js';

/** What is longer is cut, and cannot be edited. */
export const longestText = 1_000_000;
const longestItem = 20_000;
/** Of one value alone. */
export const wholeBudget: Budget = { values: 200_000, characters: 4 * longestText };
const itemBudget: Budget = { values: longestItem, characters: 4 * longestItem };
/** Of bytes that no serializer can read. */
export const shownBytes = 4096;

/** Bytes that were not decoded; `text` where they are one. */
export interface BytesView {
  readonly format: 'bytes';
  readonly size: number;
  readonly hex: string;
  readonly text?: string;
  /** They are compressed, and were not decoded as they decompress to more than so many. */
  readonly expandsBeyond?: number;
}

/** A value as the page shows it. */
export type ValueView =
  /** JSON means all of it: it can be edited. */
  | { readonly format: 'json'; readonly text: string; readonly isCut: boolean }
  /** JSON, with a notation of a `Map`, a `Date`, a `bigint`, …: it can be edited, too. */
  | { readonly format: 'typed'; readonly text: string; readonly isCut: boolean }
  /** What there is no notation of, as Node.js prints it. */
  | { readonly format: 'inspect'; readonly text: string; readonly isCut: boolean; readonly why: string }
  | BytesView
  /** So many bytes that they were not even asked for. */
  | { readonly format: 'unread'; readonly size: number };

export function viewOfValue(value: unknown): ValueView {
  return viewWithin(value, wholeBudget, longestText, 2);
}

/** One of many. */
export function viewOfItem(value: unknown): ValueView {
  return viewWithin(value, itemBudget, longestItem, 0);
}

function viewWithin(value: unknown, budget: Budget, longest: number, indent: number): ValueView {
  const json = jsonOf(value, budget);
  if (json !== 'none') return cut('json', JSON.stringify(value, null, json === 'indented' ? indent : 0), longest);
  const typed = typedOf(value, budget);
  if ('why' in typed) return inspected(value, longest, budget, typed.why);
  return cut('typed', JSON.stringify(typed.json, null, typed.hasRoomForLines ? indent : 0), longest);
}

/** The beginning of `size` bytes. */
export function viewOfBytes(data: Buffer, size = data.length): BytesView {
  const shown = data.subarray(0, shownBytes);
  const text = printable(shown);
  return { format: 'bytes', size, hex: shown.toString('hex'), ...(text !== undefined && { text }) };
}

function inspected(value: unknown, longest: number, budget: Budget, why: string): ValueView {
  const depth = printableDepth(value, budget);
  if (depth < -1) return { format: 'inspect', text: `[${typeof value}, too long to print]`, isCut: true, why };
  const text = inspect(value, {
    depth,
    maxArrayLength: longestPrintedList,
    maxStringLength: longest,
    breakLength: 100,
    customInspect: false,
  });
  return { format: 'inspect', ...shortened(text, longest), why };
}

const cut = (format: 'json' | 'typed', text: string, longest: number): ValueView => ({
  format,
  ...shortened(text, longest),
});

const shortened = (text: string, longest: number): { text: string; isCut: boolean } => ({
  text: text.slice(0, longest),
  isCut: text.length > longest,
});

/** The end may be in the middle of a character. */
function printable(data: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(data, { stream: true });
    // eslint-disable-next-line no-control-regex -- they are what makes text none
    return /[\0-\x08\x0e-\x1f\x7f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

import { inspect } from 'node:util';
import { typedOf } from '../typed/typed-writer.js';
import { type Budget, jsonOf, longestPrintedList, printableDepth } from '../typed/value-walk.js';

/** Longer texts are cut and cannot be edited. */
export const longestText = 1_000_000;
const longestItem = 20_000;
/** Limits a single value. */
export const wholeBudget: Budget = { values: 200_000, characters: 4 * longestText };
const itemBudget: Budget = { values: longestItem, characters: 4 * longestItem };
/** Limits the bytes shown of a value that no serializer can read. */
export const shownBytes = 4096;

/** Undecoded bytes, with `text` if they are printable. */
export interface BytesView {
  readonly format: 'bytes';
  readonly size: number;
  readonly hex: string;
  readonly text?: string;
  /** The limit that compressed bytes would exceed after decompression; they were not decoded. */
  readonly expandsBeyond?: number;
}

/** A value in a form that the page shows. */
export type ValueView =
  /** JSON expresses the whole value, so the page can edit it. */
  | { readonly format: 'json'; readonly text: string; readonly isCut: boolean }
  /** JSON in the notation of types, for a `Map`, a `Date`, a `bigint` and so on. The page can edit it, too. */
  | { readonly format: 'typed'; readonly text: string; readonly isCut: boolean }
  /** The output of Node.js's `inspect`, for a value without a notation. */
  | { readonly format: 'inspect'; readonly text: string; readonly isCut: boolean; readonly why: string }
  | BytesView
  /** A value that is too long to read. */
  | { readonly format: 'unread'; readonly size: number };

export function viewOfValue(value: unknown): ValueView {
  return viewWithin(value, wholeBudget, longestText, 2);
}

/** Limits the view of a value in a list of values. */
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

/** `data` is the beginning of `size` bytes. */
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

/** The cut may be in the middle of a character. */
function printable(data: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(data, { stream: true });
    // eslint-disable-next-line no-control-regex -- control characters mark binary data
    return /[\0-\x08\x0e-\x1f\x7f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

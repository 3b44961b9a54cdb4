import { inspect } from 'node:util';
import { type Budget, jsonOf, longestPrintedList, printableDepth } from './value-walk.js';

/** What is longer is cut, and cannot be edited. */
export const longestText = 1_000_000;
const longestItem = 20_000;
const wholeBudget: Budget = { values: 200_000, characters: 4 * longestText };
const itemBudget: Budget = { values: longestItem, characters: 4 * longestItem };
/** Of bytes that no serializer can read. */
export const shownBytes = 4096;

/** A value as the page shows it. */
export type ValueView =
  /** JSON means all of it: it can be edited. */
  | { readonly format: 'json'; readonly text: string; readonly isCut: boolean }
  /** A `Map`, a `Date`, a `bigint`, …, as Node.js prints it. */
  | { readonly format: 'inspect'; readonly text: string; readonly isCut: boolean }
  /** Bytes that were not decoded; `text` where they are one. */
  | { readonly format: 'bytes'; readonly size: number; readonly hex: string; readonly text?: string }
  /** So many bytes that they were not even asked for. */
  | { readonly format: 'unread'; readonly size: number };

export function viewOfValue(value: unknown): ValueView {
  const json = jsonOf(value, wholeBudget);
  if (json === 'none') return inspected(value, longestText, wholeBudget);
  return cut('json', JSON.stringify(value, null, json === 'indented' ? 2 : 0), longestText);
}

/** One of many. */
export function viewOfItem(value: unknown): ValueView {
  if (jsonOf(value, itemBudget) === 'none') return inspected(value, longestItem, itemBudget);
  return cut('json', JSON.stringify(value), longestItem);
}

/** The beginning of `size` bytes. */
export function viewOfBytes(data: Buffer, size = data.length): ValueView {
  const shown = data.subarray(0, shownBytes);
  const text = printable(shown);
  return { format: 'bytes', size, hex: shown.toString('hex'), ...(text !== undefined && { text }) };
}

function inspected(value: unknown, longest: number, budget: Budget): ValueView {
  const depth = printableDepth(value, budget);
  if (depth < -1) return { format: 'inspect', text: `[${typeof value}, too long to print]`, isCut: true };
  const text = inspect(value, {
    depth,
    maxArrayLength: longestPrintedList,
    maxStringLength: longest,
    breakLength: 100,
    customInspect: false,
  });
  return cut('inspect', text, longest);
}

function cut(format: 'json' | 'inspect', text: string, longest: number): ValueView {
  return { format, text: text.slice(0, longest), isCut: text.length > longest };
}

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

import { inspect } from 'node:util';
import { isJson, longestPrintedList, printableDepth } from './value-walk.js';

/** What is longer is cut, and cannot be edited. */
export const longestText = 1_000_000;
const longestItem = 20_000;
/** Of bytes that no serializer can read. */
export const shownBytes = 4096;

/** A value as the page shows it. */
export type ValueView =
  /** JSON means all of it: it can be edited. */
  | { readonly format: 'json'; readonly text: string; readonly isCut: boolean }
  /** A `Map`, a `Date`, a `bigint`, …, as Node.js prints it. */
  | { readonly format: 'inspect'; readonly text: string; readonly isCut: boolean }
  /** Bytes that were not decoded; `text` where they are one. */
  | { readonly format: 'bytes'; readonly size: number; readonly hex: string; readonly text?: string };

export function viewOfValue(value: unknown): ValueView {
  return isJson(value) ? cut('json', JSON.stringify(value, null, 2), longestText) : inspected(value, longestText);
}

/** One of many. */
export function viewOfItem(value: unknown): ValueView {
  return isJson(value) ? cut('json', JSON.stringify(value), longestItem) : inspected(value, longestItem);
}

/** The beginning of `size` bytes. */
export function viewOfBytes(data: Buffer, size = data.length): ValueView {
  const shown = data.subarray(0, shownBytes);
  const text = printable(shown);
  return { format: 'bytes', size, hex: shown.toString('hex'), ...(text !== undefined && { text }) };
}

function inspected(value: unknown, longest: number): ValueView {
  const text = inspect(value, {
    depth: printableDepth(value),
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

import { CachexError } from '../errors/index.js';

const FRAME = /^ {4}at .+:\d+:\d+\)?$/;

/**
 * The `cause` of a codec's error, safe for a log. Messages of parsers quote the data that they fail on, so such a
 * message is left out; the error's name and its stack frames stay. The library's own errors are safe as they are.
 */
export function safeCause(error: unknown): unknown {
  if (error instanceof CachexError) return error;
  if (!(error instanceof Error)) return undefined;
  const safe = new Error('(message omitted: it may quote the value)');
  Object.defineProperty(safe, 'name', { value: error.name, configurable: true, writable: true });
  const frames = String(error.stack)
    .split('\n')
    .filter((line) => FRAME.test(line));
  safe.stack = [String(safe), ...frames].join('\n');
  return safe;
}

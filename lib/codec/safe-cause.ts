import { CachexError } from '../errors/index.js';

const FRAME = /^ {4}at .+:\d+:\d+\)?$/;

/**
 * What may be the `cause` of a codec's error. Messages of parsers quote the data that they stumble over, and causes end
 * up in logs: such a message is left out, the error's name and its stack frames stay. Our own errors are safe as is.
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

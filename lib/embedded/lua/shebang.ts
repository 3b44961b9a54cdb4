import type { Bytes } from '../protocol/bytes.js';
import { ReplyError } from '../protocol/reply.js';

const knownFlags: ReadonlySet<string> = new Set([
  'no-writes',
  'allow-oom',
  'allow-stale',
  'no-cluster',
  'allow-cross-slot-keys',
]);

/** What the first line of a script declares. */
export interface Shebang {
  /** The line itself; empty if there is none. */
  readonly line: Bytes;
  readonly isReadOnly: boolean;
}

const none: Shebang = { line: '', isReadOnly: false };

/** `#!lua flags=no-writes,…`. Throws a ReplyError for anything Redis rejects. */
export function readShebang(source: Bytes): Shebang {
  if (!source.startsWith('#!')) return none;
  const end = source.indexOf('\n');
  if (end < 0) throw new ReplyError('ERR Invalid script shebang');
  const line = source.slice(0, end);
  const [engine = '', ...options] = line.split(/[ \t\r]+/);
  if (engine !== '#!lua') throw new ReplyError(`ERR Unexpected engine in script shebang: ${engine}`);
  const flags = options.filter((option) => option !== '').flatMap(flagsOf);
  return { line, isReadOnly: flags.includes('no-writes') };
}

function flagsOf(option: Bytes): Bytes[] {
  if (!option.startsWith('flags=')) throw new ReplyError(`ERR Unknown lua shebang option: ${option}`);
  const list = option.slice('flags='.length);
  const flags = list === '' ? [] : list.split(',');
  const unknown = flags.find((flag) => !knownFlags.has(flag));
  if (unknown !== undefined) throw new ReplyError(`ERR Unexpected flag in script shebang: ${unknown}`);
  return flags;
}

import { createHash } from 'node:crypto';
import type { WireArgument, WireCommand } from '../../../../lib/wire/connection-pool.js';
import { commandChannel, type CommandMessage } from '../../../../lib/observability/command-channel.js';
import { journal } from './journal.js';
import { cut, showBytes } from './show.js';

/** The script that is being sent. */
let script: string | undefined;
/** On the wire there are only their digests. */
const names = new Map<string, string>();

export function listenToScripts(): void {
  commandChannel.start.subscribe((message) => (script = (message as CommandMessage).script));
  commandChannel.end.subscribe(() => (script = undefined));
}

const argument = (arg: WireArgument): string => (typeof arg === 'string' ? arg : showBytes(arg));

function line({ name, args }: WireCommand): string {
  const words = args.map(argument);
  const [first = ''] = words;
  if (name === 'EVALSHA') {
    if (script !== undefined) names.set(first, script);
    words[0] = names.get(first) ?? first;
  }
  if (name === 'EVAL') words[0] = names.get(createHash('sha1').update(first).digest('hex')) ?? first;
  return cut([name, ...words].join(' '));
}

type Answer = Buffer | number | null | Error | readonly Answer[];

function reply(value: Answer): string {
  if (value instanceof Error) return value.message;
  if (Buffer.isBuffer(value)) return cut(showBytes(value));
  if (Array.isArray(value)) return cut(`[${value.map(reply).join(', ')}]`);
  return value === null ? 'nil' : String(value);
}

/** Writes down what a process sends, and the answer. */
export async function written<T>(
  process: string,
  commands: readonly WireCommand[],
  send: () => Promise<T>,
): Promise<T> {
  const end = journal.open({ kind: 'command', process, text: commands.map(line).join('\n') });
  try {
    const answer = await send();
    end(commands.length > 1 && Array.isArray(answer) ? answer.map(reply).join('\n') : reply(answer as Answer));
    return answer;
  } catch (error) {
    end(reply(error as Error), true);
    throw error;
  }
}

/** Writes down what Redis sends by itself. */
export function pushed(process: string, channel: string, message: string): void {
  journal.add({ kind: 'push', process, text: cut(`${channel}: ${message}`) });
}

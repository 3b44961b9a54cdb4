import { errorText } from '../../errors/error-text.js';
import type { ServerNode } from '../../index.js';
import type { OpenCache } from '../entries/raw-key.js';

/** A command that a server took long for. */
export interface SlowCommand {
  /** When, in milliseconds since 1970. */
  readonly at: number;
  readonly ms: number;
  readonly command: string;
  /**
   * What it was about: a pattern, or a key as it is named on the server; of keys of other versions and programs without
   * their end, which may be the id of a session. Everything else may be a value.
   */
  readonly about?: string;
  /** How many arguments are not shown. */
  readonly hidden: number;
  readonly client?: string;
}

export interface SlowLog {
  readonly address: string;
  readonly commands: readonly SlowCommand[];
  /** Why the server does not tell. */
  readonly refused?: string;
}

const mostCommands = 100;
const longestName = 200;

/** Their first argument is a text of somebody's, or a password. */
const told = /^(ECHO|PING|AUTH|HELLO|EVAL|EVAL_RO|SCRIPT|FUNCTION|ACL|CONFIG|MIGRATE|PUBSUB)$/;
/** Their key stands behind the script and the number of keys. */
const scripts = /^(EVAL|EVALSHA|FCALL)(_RO)?$/;

/** Their first argument is no key. */
const patterns = /^(KEYS|SCAN)$/;

/** What every server that holds keys of a cache tells by `SLOWLOG GET`. */
export async function slowLogsOf({ cache, pool }: Pick<OpenCache, 'cache' | 'pool'>): Promise<SlowLog[]> {
  const nodes = await pool.primaries();
  const head = cache.makeKey('x').slice(0, -1);
  return Promise.all(nodes.map((node) => slowLogOf(node, head)));
}

async function slowLogOf(node: ServerNode, head: string): Promise<SlowLog> {
  const { address } = node;
  if (isEngine(address)) return { address, commands: [], refused: 'The engine in this process keeps no slow log.' };
  try {
    const entries = await node.send({ name: 'SLOWLOG', args: ['GET', String(mostCommands)], access: 'read' });
    return { address, commands: Array.isArray(entries) ? entries.map((entry) => commandOf(entry, head)) : [] };
  } catch (error) {
    return { address, commands: [], refused: errorText(error) };
  }
}

const isEngine = (address: string): boolean => address.startsWith('memory:');

function commandOf(entry: unknown, head: string): SlowCommand {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an entry of SLOWLOG is one
  const [, seconds, microseconds, words, client, name] = entry as [
    id: number,
    seconds: number,
    microseconds: number,
    words: readonly Buffer[],
    client?: Buffer,
    name?: Buffer,
  ];
  const [command = '', ...args] = words.map(String);
  const upper = command.toUpperCase();
  const named = scripts.test(upper) ? args[2] : told.test(upper) ? undefined : args[0];
  const isWhole = named?.startsWith(head) || patterns.test(upper);
  const about = isWhole ? named : named?.replace(/[^:]*$/, '…');
  const who = [client, name].map((text) => String(text ?? '')).filter((text) => text !== '');
  return {
    at: seconds * 1000,
    ms: microseconds / 1000,
    command: upper,
    ...(about !== undefined && { about: about.slice(0, longestName) }),
    hidden: args.length - (about === undefined ? 0 : 1),
    ...(who.length > 0 && { client: who.join(' ') }),
  };
}

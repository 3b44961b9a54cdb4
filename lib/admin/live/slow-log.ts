import { errorText } from '../../errors/error-text.js';
import type { ServerNode } from '../../index.js';
import type { OpenCache } from '../entries/raw-key.js';

/** A command in a server's slow log. */
export interface SlowCommand {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly ms: number;
  readonly command: string;
  /**
   * The subject of the command: a pattern, or a key by its name on the server. Keys of other versions and programs are
   * shortened, because they may be session IDs. Other arguments are hidden, because they may be values.
   */
  readonly about?: string;
  /** Number of hidden arguments. */
  readonly hidden: number;
  readonly client?: string;
}

export interface SlowLog {
  readonly address: string;
  readonly commands: readonly SlowCommand[];
  /** The reason of a server's refusal. */
  readonly refused?: string;
}

const mostCommands = 100;
const longestName = 200;

/** The first argument of these commands is free text or a password. */
const told = /^(ECHO|PING|AUTH|HELLO|EVAL|EVAL_RO|SCRIPT|FUNCTION|ACL|CONFIG|MIGRATE|PUBSUB)$/;
/** The key of these commands follows the script and the number of keys. */
const scripts = /^(EVAL|EVALSHA|FCALL)(_RO)?$/;

/** The first argument of these commands is not a key. */
const patterns = /^(KEYS|SCAN)$/;

/** Reads `SLOWLOG GET` from every server that holds keys of the cache. */
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
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the layout of a SLOWLOG entry
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

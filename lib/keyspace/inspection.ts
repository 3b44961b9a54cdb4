import { randomInt } from 'node:crypto';
import { nameOf } from '../arguments/names.js';
import type { Place } from '../arguments/scope.js';
import { Key, read, type ReplyShape } from '../command-model/command.js';
import { bytes, optionalInteger, shape, typeName } from '../command-model/replies.js';
import { CommandError } from '../errors/index.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import type { ServerNode } from '../wire/connection-pool.js';
import { textOrNone } from '../wire/reply-parts.js';
import type { KeyScanner } from './scan.js';

/** How the server stores a key, as far as it reports it. @publicApi */
export interface ObjectInfo {
  /** `'embstr'`, `'listpack'`, `'hashtable'`, … */
  readonly encoding?: string;
  /** Seconds since it was last used; missing if the server evicts by frequency. */
  readonly idle?: number;
  /** How often it is used, as a logarithmic counter; only if the server evicts by frequency. */
  readonly freq?: number;
  /** How many references the server has to the value. */
  readonly refcount?: number;
}

/** A key and its approximate size on the server in bytes. @publicApi */
export interface KeySize {
  /** The key, as the application names it. */
  readonly key: string;
  /** Its size in bytes, about: as `MEMORY USAGE` estimates it. */
  readonly bytes: number;
}

/** How often a server is asked for a random key, of any owner, before all keys are scanned. */
const randomTries = 20;

const keysPerTrip = 1000;

const anyText = shape<string | undefined>(textOrNone, () => undefined);

/** Looks at how the server stores the keys of a cache. */
export class Inspection {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly scanner: KeyScanner,
  ) {}

  /** Asks random servers. If they hold mostly other keys, scans all keys of this cache. */
  async randomKey(version: Place): Promise<string | undefined> {
    const nodes = await this.executor.primaries('RANDOMKEY');
    if (nodes.length === 0) return undefined;
    const command = read('RANDOMKEY', [], bytes);
    const pick = (): ServerNode => nodes[randomInt(nodes.length)]!;
    const found = await Promise.all(Array.from({ length: randomTries }, () => this.executor.execute(command, pick())));
    for (const wire of found) {
      const key = wire === null ? undefined : this.executor.keys.userKey(nameOf(wire), version);
      if (key !== undefined) return key;
    }
    let [chosen, seen] = [undefined as string | undefined, 0];
    for await (const key of this.scanner.iterate('*', version)) if (randomInt(++seen) === 0) chosen = key;
    return chosen;
  }

  async objectInfo(key: Key): Promise<ObjectInfo | undefined> {
    const ask = <T>(name: string, reply: ReplyShape<T>) => read('OBJECT', [name, key], reply);
    const commands = [
      read('TYPE', [key], typeName),
      ask('ENCODING', anyText),
      ask('IDLETIME', optionalInteger),
      ask('FREQ', optionalInteger),
      ask('REFCOUNT', optionalInteger),
    ];
    const outcomes = await this.executor.executeAll(
      commands.map((command) => this.executor.prepare<unknown>({ ...command, access: 'write' })),
    );
    const [type, encoding, idle, freq, refcount] = outcomes.map((outcome) => {
      if (outcome.status === 'fulfilled') return outcome.value;
      // The server keeps no such count, or does not know the subcommand.
      if (outcome.reason instanceof CommandError) return undefined;
      throw outcome.reason;
    });
    if (type === undefined) return undefined;
    const told = Object.entries({ encoding, idle, freq, refcount }).filter(([, value]) => value !== undefined);
    return Object.fromEntries(told) as ObjectInfo;
  }

  /** Returns the largest first. */
  async largest(pattern: string, version: Place, count: number, sample: number): Promise<KeySize[]> {
    let largest: KeySize[] = [];
    let names: string[] = [];
    let seen = 0;
    const weigh = async (): Promise<void> => {
      const sizes = await this.executor.executeEach(
        names.map((name) => read('MEMORY', ['USAGE', new Key(name, version)], optionalInteger)),
      );
      const known = names.map((key, index) => ({ key, bytes: sizes[index] ?? 0 })).filter((size) => size.bytes > 0);
      const all = new Map([...largest, ...known].map((size) => [size.key, size]));
      largest = [...all.values()].toSorted((a, b) => b.bytes - a.bytes).slice(0, count);
      names = [];
    };
    for await (const name of this.scanner.iterate(pattern, version)) {
      if (seen >= sample) break;
      seen++;
      if (name !== '') names.push(name);
      if (names.length >= keysPerTrip) await weigh();
    }
    if (names.length > 0) await weigh();
    return largest;
  }
}

import { bytesOfName } from '../../arguments/names.js';
import type { CachexService, ConnectionPool, WireArgument, WireCommand } from '../../index.js';
import type { PeekCache } from './peek-cache.js';

/** A cache, with a view of it that counts nothing. */
export interface OpenCache {
  readonly cache: CachexService;
  readonly peek: PeekCache;
  readonly pool: ConnectionPool;
}

/** A command about one key: the arguments before and after the key. */
export type KeyCommand = readonly [
  name: string,
  before: readonly WireArgument[],
  after: readonly (WireArgument | number)[],
];

/** Reads a key as the server stores it. */
export class RawKey {
  /** The name on the server. */
  readonly name: string;
  private readonly wire: WireArgument;

  constructor(
    private readonly open: OpenCache,
    key: string,
  ) {
    this.name = open.cache.makeKey(key);
    this.wire = this.name.isWellFormed() ? this.name : bytesOfName(this.name, 'A key');
  }

  ask(command: KeyCommand): Promise<unknown> {
    return this.open.pool.send(this.command(command));
  }

  /** Sends commands in one round trip. A refused command yields `undefined`. */
  async askAll(commands: readonly KeyCommand[]): Promise<unknown[]> {
    const replies = await this.open.pool.sendAll(commands.map((command) => this.command(command)));
    return replies.map((reply) => (reply instanceof Error ? undefined : reply));
  }

  /** Builds a command that can be sent together with those of other keys. */
  command([name, before, after]: KeyCommand, access: WireCommand['access'] = 'read'): WireCommand {
    const args = [...before, this.wire, ...after.map((arg) => (typeof arg === 'number' ? String(arg) : arg))];
    return { name, args, access, slot: this.open.pool.slotOf?.(this.wire) };
  }
}

/** Builds `name key …args`. */
export const about = (name: string, ...args: readonly (WireArgument | number)[]): KeyCommand => [name, [], args];

import type { CachexService, ConnectionPool, WireArgument, WireCommand } from '../../index.js';

/** A cache, and the pool for questions that its methods do not ask. */
export interface OpenCache {
  readonly cache: CachexService;
  readonly pool: ConnectionPool;
}

/** A command about one key, whose place is where it stands. */
export type KeyCommand = readonly [name: string, before: readonly WireArgument[], after: readonly (string | number)[]];

/** What a key holds, as it is on the server: for bytes that no serializer can read. */
export class RawKey {
  private readonly wire: string;

  constructor(
    cache: CachexService,
    key: string,
    private readonly pool: ConnectionPool,
  ) {
    this.wire = cache.makeKey(key);
  }

  get name(): string {
    return this.wire;
  }

  ask(command: KeyCommand): Promise<unknown> {
    return this.pool.send(this.command(command));
  }

  /** In one round trip; `undefined` in the place of what the server refuses to tell. */
  async askAll(commands: readonly KeyCommand[]): Promise<unknown[]> {
    const replies = await this.pool.sendAll(commands.map((command) => this.command(command)));
    return replies.map((reply) => (reply instanceof Error ? undefined : reply));
  }

  private command([name, before, after]: KeyCommand): WireCommand {
    const args = [...before, this.wire, ...after.map(String)];
    return { name, args, access: 'read', slot: this.pool.slotOf?.(this.wire) };
  }
}

/** `name key …args` */
export const about = (name: string, ...args: readonly (string | number)[]): KeyCommand => [name, [], args];

import { withDefaults } from './connection-defaults.js';
import type { ConnectionKind } from './connection-kind.js';
import { ConnectionOptions } from './connection.options.js';
import { Optional } from './option-rules.js';
import type { ResolvedMemory } from './resolved.options.js';
import { HideSecrets } from './secrets.js';
import { Equals, IsIn, IsInt, IsNotEmpty, IsString, Min } from './validators.js';

/**
 * The embedded engine: no server, the data live in this process and end with it.
 *
 * @example
 * { type: 'memory', maxEntries: 10_000 }
 * @publicApi
 */
@HideSecrets
export class MemoryConnection extends ConnectionOptions {
  @Equals('memory')
  type!: 'memory';

  /** Shared by all instances of that name in the process; left out, the data are private to this instance. */
  @Optional()
  @IsNotEmpty()
  @IsString()
  name?: string;

  /** Keys to hold at most; beyond that keys go, which ones says `policy`. Left out, no limit. */
  @Optional()
  @Min(1)
  @IsInt()
  maxEntries?: number;

  /** Bytes to hold at most, keys and values; beyond that keys go. Left out, no limit. */
  @Optional()
  @Min(1)
  @IsInt()
  maxBytes?: number;

  /**
   * Which keys go first: the least recently used, or the least frequently used.
   *
   * @default 'lru'
   */
  @Optional()
  @IsIn(['lru', 'lfu'])
  policy?: 'lru' | 'lfu';
}

export const memoryKind: ConnectionKind = {
  options: MemoryConnection,
  telltales: [],
  resolve(connection: MemoryConnection): ResolvedMemory {
    const { name, maxEntries, maxBytes, policy } = connection;
    return { type: 'memory', name, maxEntries, maxBytes, policy, ...withDefaults(connection) };
  },
};

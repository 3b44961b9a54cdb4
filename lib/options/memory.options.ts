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
 * CachexModule.forRoot({ connection: { type: 'memory', maxEntries: 10_000 } })
 * @publicApi
 */
@HideSecrets
export class MemoryConnection extends ConnectionOptions {
  /** Tells the embedded engine from a server. */
  @Equals('memory')
  type!: 'memory';

  /** Shared by all instances of this name in the process; if left out, the data are private to this instance. */
  @Optional()
  @IsNotEmpty()
  @IsString()
  name?: string;

  /** The most keys; beyond that, `policy` decides which ones are evicted. No limit by default. */
  @Optional()
  @Min(1)
  @IsInt()
  maxEntries?: number;

  /** The most bytes of keys and values; beyond that, keys are evicted. No limit by default. */
  @Optional()
  @Min(1)
  @IsInt()
  maxBytes?: number;

  /**
   * Which keys are evicted first: the least recently used, or the least frequently used.
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

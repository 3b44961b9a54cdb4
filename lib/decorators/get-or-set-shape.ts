import type { Timeout } from '../options/timeout.js';
import type { StampedeOptions } from '../options/stampede.options.js';
import type { Version } from '../commands/command.js';
export interface GetOrSetOptions {
  readonly timeout?: Timeout;
  readonly version?: Version;
  readonly tags?: readonly string[];
  readonly stampede?: boolean | StampedeOptions;
  readonly lock?: boolean;
  readonly grace?: Timeout;
  readonly softTimeout?: Timeout;
  readonly hardTimeout?: Timeout;
}
export interface FactoryContext {
  skip(): void;
}
export interface ReadThrough {
  getOrSet(key: string, factory: (c: FactoryContext) => unknown, options: GetOrSetOptions): Promise<unknown>;
  invalidateTags(tags: readonly string[]): Promise<unknown>;
}

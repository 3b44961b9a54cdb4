import { type CachexService, PipelineError } from '../../lib/index.js';
import type { Direct } from '../../lib/commands/command-group.js';
import type { Commands } from '../../lib/pipeline/commands.js';

/** The single commands on any surface, one call at a time. */
export type Surface = Commands<Direct>;

/** Sends each call through a separate pipeline. */
function throughPipeline(cache: CachexService, transaction: boolean): Surface {
  const call =
    (method: string) =>
    async (...args: unknown[]): Promise<unknown> => {
      const pipeline = cache.pipeline({ transaction }) as unknown as Record<string, (...args: unknown[]) => unknown> & {
        execute(): Promise<unknown[]>;
      };
      pipeline[method]!(...args);
      try {
        const [result] = await pipeline.execute();
        return result;
      } catch (error) {
        throw error instanceof PipelineError ? error.cause : error;
      }
    };
  return new Proxy({}, { get: (_, method: string) => call(method) }) as Surface;
}

export const surfaces: readonly (readonly [name: string, on: (cache: CachexService) => Surface])[] = [
  ['service', (cache) => cache],
  ['pipeline', (cache) => throughPipeline(cache, false)],
  ['transaction', (cache) => throughPipeline(cache, true)],
];

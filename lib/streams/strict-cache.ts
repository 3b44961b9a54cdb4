import type { Version } from '../arguments/version.js';
import { CachexService } from '../cachex.service.js';
import { Known, type Step } from '../command-model/command.js';

/**
 * What a consumer works with. Under `ignoreExceptions` too it hears of outages, and of values that cannot be read: an
 * acknowledgement must be known to have arrived, and half an entry is none.
 */
export class StrictCache extends CachexService {
  static of(cache: CachexService, version: Version = cache.version): StrictCache {
    return new StrictCache(cache['executor'], { ...cache['defaults'], version }, cache['parts']);
  }

  /** @internal */
  protected override send<T>(build: () => Step<T>): Promise<T> {
    return super.send(() => {
      const step = build();
      if (step instanceof Known) return step;
      const { reply } = step;
      const decode: typeof reply.decode = (raw, context) =>
        reply.decode(raw, { ...context, decode: (data) => this.scripts.codec.decode(data) });
      return { ...step, reply: { ...reply, decode }, strict: true };
    });
  }
}

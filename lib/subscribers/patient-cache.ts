import { CachexService } from '../cachex.service.js';
import type { Request } from '../pubsub/pubsub.js';
import { subscribeNames } from '../pubsub/subscribe.options.js';
import type { Subscription } from '../pubsub/subscription.js';

/** The cache of decorated methods that listen: they wait for a server that is away, and ask again after a refusal. */
export class PatientCache extends CachexService {
  static of(cache: CachexService): PatientCache {
    return PatientCache.view(cache, {});
  }

  /** Resolves when it listens, or will not do so soon. */
  listen(request: Omit<Request, 'version'>): Promise<Subscription> {
    return this.pubsub.begin({ ...request, version: this.versionOf(request.options, subscribeNames) });
  }
}

import { CachexService } from '../cachex.service.js';
import type { Request } from '../pubsub/pubsub.js';
import { subscribeNames } from '../pubsub/subscribe.options.js';
import type { Subscription } from '../pubsub/subscription.js';

/** What decorated methods listen by: a server that is away is waited for, and one that refuses is asked again. */
export class PatientCache extends CachexService {
  static of(cache: CachexService): PatientCache {
    return PatientCache.view(cache, {});
  }

  /** Resolves when it listens, or is not going to soon. */
  listen(request: Omit<Request, 'version'>): Promise<Subscription> {
    return this.pubsub.begin({ ...request, version: this.versionOf(request.options, subscribeNames) });
  }
}

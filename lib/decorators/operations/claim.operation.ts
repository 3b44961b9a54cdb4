import type { CachexService } from '../../cachex.service.js';
import type { CachexLock } from '../../locking/lock.js';
import type { CachexSemaphore } from '../../locking/semaphore.js';
import type { CallOption } from '../options/call-option.js';
import { whileHolding } from './current-lock.js';
import type { MethodCall } from '../runtime/method-call.js';
import type { MethodSite } from '../runtime/method-site.js';
import type { Operation, Proceed } from '../runtime/operation.js';

/** Holds a lock or a semaphore while the method runs. */
export class ClaimOperation<Name extends string | readonly string[]> implements Operation {
  readonly isVital = true;
  constructor(
    readonly decorator: string,
    private readonly key: CallOption<Name>,
    readonly cache: string | undefined,
    private readonly claim: (cache: CachexService, name: Name) => CachexLock | CachexSemaphore,
  ) {}

  check(site: MethodSite): void {
    this.key.check(site);
  }

  async run(call: MethodCall, proceed: Proceed): Promise<unknown> {
    const claim = this.claim(call.cache(this.cache), this.key.read(call));
    return claim.using(() => whileHolding(claim, proceed));
  }
}

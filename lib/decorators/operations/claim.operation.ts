import type { CachexService } from '../../cachex.service.js';
import type { CachexLock } from '../../locking/lock.js';
import type { CachexSemaphore } from '../../locking/semaphore.js';
import type { CallOption, TextOption } from '../options/call-option.js';
import { textOption } from '../options/made-option.js';
import { whileHolding } from './current-lock.js';
import type { MethodCall } from '../runtime/method-call.js';
import type { MethodSite } from '../runtime/method-site.js';
import type { Operation, Proceed } from '../runtime/operation.js';

/** Holds a lock or a semaphore while the method runs. */
export class ClaimOperation implements Operation {
  readonly isVital = true;
  private readonly key: CallOption<string>;

  constructor(
    readonly decorator: string,
    key: TextOption,
    readonly cache: string | undefined,
    private readonly claim: (cache: CachexService, name: string) => CachexLock | CachexSemaphore,
  ) {
    this.key = textOption(key, `${decorator} key`);
  }

  check(site: MethodSite): void {
    this.key.check(site);
  }

  async run(call: MethodCall, proceed: Proceed): Promise<unknown> {
    const claim = this.claim(call.cache(this.cache), this.key.read(call));
    return claim.using(() => whileHolding(claim, proceed));
  }
}

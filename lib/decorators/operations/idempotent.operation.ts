import { setTimeout as delay } from 'node:timers/promises';
import { BadRequestException, ConflictException, ServiceUnavailableException } from '@nestjs/common';
import { finiteMilliseconds, type Timeout } from '../../arguments/timeout.js';
import { checkVersion, versionNames, type VersionOption } from '../../arguments/version.js';
import { checkOptions, type NamesOf } from '../../arguments/option-names.js';
import { errorText } from '../../errors/error-text.js';
import { isPassing } from '../../locking/is-passing.js';
import type { KeptAnswer } from '../../locking/kept-answer.js';
import type { CachexLock } from '../../locking/lock.js';
import type { CallOption, TextOption } from '../options/call-option.js';
import { textOption, textOrNothing } from '../options/made-option.js';
import type { OfArguments } from '../options/typed-method-decorator.js';
import type { MethodCall } from '../runtime/method-call.js';
import type { MethodSite } from '../runtime/method-site.js';
import type { Operation, Proceed } from '../runtime/operation.js';
import { whileHolding } from './current-lock.js';
import { type KeptResponse, lostOf, ResponseRecord } from './kept-response.js';
import { checkType, type KeptType } from './kept-type.js';
import { fingerprintOf, type HttpRequest } from './request-fingerprint.js';

/** How {@link Idempotent} recognizes a request, and for how long. @publicApi */
export interface IdempotentOptions<
  Key extends OfArguments<string> = OfArguments<string>,
  By extends OfArguments<string> = OfArguments<string>,
> extends VersionOption {
  /** How long an answer is kept for repeated requests: as long as clients retry. */
  readonly timeout: Timeout;
  /** The name of a request: a function of the method's arguments, a template, or `fromContext(…)`; by default, the header
   * `Idempotency-Key`. */
  readonly key?: TextOption<Key>;
  /** The caller, so that users do not share keys. If left out, anybody with the key and the request gets the answer. */
  readonly by?: TextOption<By>;
  /** The lease under which the handler runs, renewed meanwhile: how long a crash blocks its key (30 s). */
  readonly lease?: Timeout;
  /** The class of the answer, of its elements or its properties, as for `@Cacheable`. */
  readonly type?: KeptType;
  /** The name of the cache; the default cache if omitted. */
  readonly cache?: string;
}

const known: NamesOf<IdempotentOptions> = {
  ...versionNames,
  timeout: true,
  key: true,
  by: true,
  lease: true,
  type: true,
  cache: true,
};

/** Between two attempts to keep an answer. */
const retryMs = 500;
const longestKey = 255;

/** Lets a handler run once per request, however often it is sent. */
export class IdempotentOperation implements Operation {
  readonly decorator = '@Idempotent';
  readonly answersRequests = true;
  readonly isVital = true;
  readonly cache: string | undefined;
  private readonly key: CallOption<string | undefined> | undefined;
  private readonly by: CallOption<string> | undefined;
  private readonly keptMs: number;
  private readonly lock: { readonly timeout: Timeout; readonly version?: VersionOption['version'] };
  private readonly type: KeptType | undefined;

  constructor(options: IdempotentOptions) {
    checkOptions(options, known, this.decorator, "{ timeout: '24h' }");
    const { timeout, key, by, lease = 30, type, cache, version } = options;
    this.keptMs = finiteMilliseconds(timeout, 'timeout');
    finiteMilliseconds(lease, 'lease');
    this.key = key === undefined ? undefined : textOrNothing(key, '@Idempotent key');
    this.by = by === undefined ? undefined : textOption(by, '@Idempotent by');
    this.lock = { timeout: lease, ...(version !== undefined && { version: checkVersion(version) }) };
    if (type !== undefined) checkType(type, '@Idempotent type');
    this.type = type;
    this.cache = cache;
  }

  check(site: MethodSite): void {
    if (!site.transports.includes('http')) site.refuse(this.decorator, 'works on HTTP handlers only');
    if (site.answersByItself) {
      site.refuse(
        this.decorator,
        'would keep nothing: with @Res() or @Next() the handler sends the answer itself; pass { passthrough: true }',
      );
    }
    this.key?.check(site);
    this.by?.check(site);
  }

  async run(call: MethodCall, proceed: Proceed): Promise<unknown> {
    const { context, answer } = call;
    if (!context || !answer) return proceed();
    const request: HttpRequest = context.switchToHttp().getRequest();
    const key = this.key ? this.key.read(call) : keyIn(request);
    if (key === undefined) throw new BadRequestException('What names this request for @Idempotent is missing');
    const name = [call.title, this.by?.read(call) ?? '', key].map(escaped).join(':');
    const record = new ResponseRecord(call, answer, fingerprintOf(request), this.type);
    const { lock, kept } = call.cache(this.cache).idempotency(name, this.lock);
    const found = await begin(lock, kept, answer.setHeader.bind(answer));
    if (found) return record.again(found);
    return this.carryOut(call, record, lock, kept, proceed);
  }

  private async carryOut(
    call: MethodCall,
    record: ResponseRecord,
    lock: CachexLock,
    kept: KeptAnswer,
    proceed: Proceed,
  ): Promise<unknown> {
    let value: unknown;
    try {
      value = await whileHolding(lock, proceed);
    } catch (error) {
      await this.finish(call, record.ofError(error), lock, kept);
      throw error;
    }
    await this.finish(call, record.ofValue(value), lock, kept);
    return value;
  }

  /** The caller gets the answer in any case; nobody else may begin while it is being kept. */
  private async finish(
    call: MethodCall,
    response: KeptResponse | undefined,
    lock: CachexLock,
    kept: KeptAnswer,
  ): Promise<void> {
    if (!response) return free(lock);
    const { signal } = lock;
    const keep = async (answer: KeptResponse): Promise<void> => {
      if (!signal.aborted) await kept.keep(answer, this.keptMs);
      await free(lock);
    };
    const tell = (error: unknown): void =>
      call.site.logger.warn(`${call.title}: could not keep the answer of a request: ${errorText(error)}`);
    try {
      await keep(response);
      if (signal.aborted) tell(signal.reason);
    } catch (error) {
      tell(error);
      void keepTrying(keep, response, signal, error);
    }
  }
}

/** The kept answer of the request; if there is none, the lock is held. */
async function begin(
  lock: CachexLock,
  kept: KeptAnswer,
  setHeader: (name: string, value: string) => void,
): Promise<KeptResponse | undefined> {
  let isFirst = false;
  try {
    isFirst = await lock.acquire({ blocking: false });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody else writes there
    const found = (await kept.read()) as KeptResponse | undefined;
    if (isFirst && found) await free(lock);
    if (isFirst || found) return found;
  } catch (error) {
    if (isFirst) await free(lock);
    if (!isPassing(error)) throw error;
    setHeader('Retry-After', '1');
    throw new ServiceUnavailableException('Cannot check at the moment whether this request was carried out before', {
      cause: error,
    });
  }
  setHeader('Retry-After', '1');
  throw new ConflictException('A request with this idempotency key is being carried out');
}

/** While Redis is away, it continues in the background. */
async function free(lock: CachexLock): Promise<void> {
  await lock.release().catch(() => undefined);
}

/**
 * An answer that cannot be kept, because it is too large for example, is kept as lost: the handler must not run again.
 */
async function keepTrying(
  keep: (answer: KeptResponse) => Promise<void>,
  response: KeptResponse,
  signal: AbortSignal,
  trouble: unknown,
): Promise<void> {
  let [answer, error] = [response, trouble];
  while (error !== undefined && !signal.aborted) {
    if (isPassing(error) || answer.kind === 'lost') {
      await delay(retryMs, undefined, { ref: false, signal }).catch(() => undefined);
    } else {
      answer = lostOf(response);
    }
    error = await keep(answer).then(
      () => undefined,
      (reason: unknown) => reason,
    );
  }
}

/** A string of structured fields (RFC 9651), or, as most clients send it, without quotes. */
function keyIn({ headers }: HttpRequest): string {
  const header = headers['idempotency-key'];
  if (typeof header !== 'string' || header === '') {
    throw new BadRequestException('The header Idempotency-Key is missing: this request needs one');
  }
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header);
  const key = quoted ? quoted[1]!.replaceAll(/\\(["\\])/g, '$1') : header;
  if (key === '' || key.length > longestKey || (!quoted && /["\\]/.test(key))) {
    throw new BadRequestException(`The header Idempotency-Key must be a string of 1 to ${longestKey} characters`);
  }
  return key;
}

/** Makes different lists of parts give different names. */
const escaped = (part: string): string => part.replaceAll('%', '%25').replaceAll(':', '%3A');

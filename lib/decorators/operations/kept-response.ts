import { HttpException, UnprocessableEntityException, ConflictException } from '@nestjs/common';
import { errorText } from '../../errors/error-text.js';
import type { Answer, MethodCall } from '../runtime/method-call.js';
import { canBeReadOnce } from './read-once.js';
import { type KeptType, notOfType, revive } from './kept-type.js';
import { lossIn } from './loss.js';

/** A handler's answer, as it is kept. */
export interface KeptResponse {
  /** The fingerprint of the request: a different request under the same key is a mistake. */
  readonly fingerprint: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `lost`: it was not data, and there is nothing to answer with. */
  readonly kind: 'value' | 'error' | 'lost';
  readonly body?: unknown;
}

/** They identify the caller, or belong to one connection or one moment. */
const notKept = new Set([
  ...['set-cookie', 'connection', 'transfer-encoding', 'content-length', 'date'],
  ...['x-cache', 'ratelimit', 'ratelimit-policy'],
]);
/** Temporary refusals: the same request may succeed later. */
const passing = new Set([408, 409, 423, 425, 429]);
const mayPass = (status: number): boolean => status >= 500 || passing.has(status);

/** Says only that it was carried out. */
export function lostOf({ fingerprint, status }: KeptResponse): KeptResponse {
  return { fingerprint, status, headers: {}, kind: 'lost' };
}

type Headers = Readonly<Record<string, unknown>>;

/** Reads a handler's answer, and repeats it. */
export class ResponseRecord {
  private readonly before: Headers;

  constructor(
    private readonly call: MethodCall,
    private readonly answer: Answer,
    private readonly fingerprint: string,
    private readonly type: KeptType | undefined,
  ) {
    this.before = answer.headers;
  }

  /** `undefined` if the same request may succeed next time. */
  ofValue(value: unknown): KeptResponse | undefined {
    const { status } = this.answer;
    if (mayPass(status)) return undefined;
    const loss = this.lossIn(value);
    if (loss === undefined) return { ...this.head(status), kind: 'value', body: value };
    this.call.site.warn(`@Idempotent does not keep this answer, and refuses repeated requests: ${loss}`);
    return { ...this.head(status), kind: 'lost' };
  }

  /** Like {@link ofValue}. */
  ofError(error: unknown): KeptResponse | undefined {
    if (!(error instanceof HttpException)) return undefined;
    const status = error.getStatus();
    if (mayPass(status)) return undefined;
    return { ...this.head(status), kind: 'error', body: bodyOf(error) };
  }

  /** @throws HttpException if the handler did, or if there is nothing to answer with */
  again(kept: KeptResponse): unknown {
    if (kept.fingerprint !== this.fingerprint) {
      throw new UnprocessableEntityException('This idempotency key was used with another request');
    }
    if (kept.kind === 'lost') throw new ConflictException('The request was carried out, but its answer was not kept');
    for (const [name, value] of Object.entries(kept.headers)) this.answer.setHeader(name, value);
    this.answer.setHeader('Idempotent-Replayed', 'true');
    if (kept.kind === 'error') {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as it was of the error that was kept
      throw new HttpException(kept.body as string | Record<string, unknown>, kept.status);
    }
    this.answer.setStatus(kept.status);
    if (this.type === undefined) return kept.body;
    const revived = revive(kept.body, this.type);
    if (revived !== notOfType) return revived;
    throw new ConflictException('The request was carried out, but the type of its answer has changed');
  }

  private lossIn(value: unknown): string | undefined {
    try {
      const loss = canBeReadOnce(value) ? { name: 'a stream' } : lossIn(value, this.type);
      return loss && `${loss.name} is not plain data; name its exact class in the option type, or return plain data`;
    } catch (error) {
      // From a getter that throws, or too many levels.
      return errorText(error);
    }
  }

  private head(status: number): Pick<KeptResponse, 'fingerprint' | 'status' | 'headers'> {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(this.answer.headers)) {
      if (value === this.before[name] || notKept.has(name.toLowerCase())) continue;
      if (Array.isArray(value)) headers[name] = value.join(', ');
      else if (typeof value === 'string' || typeof value === 'number') headers[name] = String(value);
    }
    return { fingerprint: this.fingerprint, status, headers };
  }
}

/** The body sent for an error. */
function bodyOf(error: HttpException): unknown {
  const body = error.getResponse();
  if (typeof body === 'string') return body;
  try {
    return JSON.parse(JSON.stringify(body));
  } catch {
    return error.message;
  }
}

import type { HttpServer } from '@nestjs/common';
import type { Answer, CacheOutcome } from '../runtime/method-call.js';
import { sendsCookie, whenSent } from './outgoing.js';

/** The common part of requests on all platforms. */
export interface HandlerRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The common part of responses on all platforms. */
export interface HandlerResponse {
  readonly statusCode: number;
  getHeaders(): Readonly<Record<string, unknown>>;
  getHeader(name: string): unknown;
  header(name: string, value: string): unknown;
  send(body?: unknown): unknown;
}

/** What only the application knows of a handler. */
interface Application {
  hasOthersAround(): boolean;
  versionHeader(): string | undefined;
}

/** The HTTP answer of a handler that is about to be called: by now its status is the declared one. */
export class HandlerAnswer implements Answer {
  private readonly declared: unknown;

  constructor(
    private readonly request: HandlerRequest,
    private readonly response: HandlerResponse,
    private readonly adapter: HttpServer,
    private readonly application: Application,
  ) {
    this.declared = response.statusCode;
  }

  report(outcome: CacheOutcome): void {
    this.setHeader('X-Cache', outcome);
  }

  setHeader(name: string, value: string): void {
    this.adapter.setHeader?.(this.response, name, value);
  }

  get headers(): Readonly<Record<string, unknown>> {
    return { ...this.response.getHeaders() };
  }

  get status(): number {
    return this.response.statusCode;
  }

  setStatus(status: number): void {
    this.adapter.status(this.response, status);
  }

  requestHeader(name: string): string | undefined {
    return textOf(this.request.headers[name]);
  }

  responseHeader(name: string): string | undefined {
    return textOf(this.response.getHeader(name));
  }

  get isRead(): boolean {
    const { method } = this.request;
    return method === 'GET' || method === 'HEAD';
  }

  get isSeenByOthers(): boolean {
    return this.application.hasOthersAround();
  }

  get versionHeader(): string | undefined {
    return this.application.versionHeader();
  }

  onSend(hook: (bytes: string | Buffer) => boolean): void {
    whenSent(this.response, hook);
  }

  onCookie(hook: () => void): void {
    sendsCookie(this.response, hook);
  }

  /** With express and with Fastify. */
  get hasOwnStatus(): boolean {
    return this.response.statusCode !== this.declared;
  }
}

/** Headers with several lines are lists. */
function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

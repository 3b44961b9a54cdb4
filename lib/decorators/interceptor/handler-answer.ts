import type { HttpServer } from '@nestjs/common';
import type { Answer, CacheOutcome } from '../runtime/method-call.js';

/** What the responses of all platforms have. */
export interface HandlerResponse {
  readonly statusCode: number;
  getHeaders(): Readonly<Record<string, unknown>>;
}

/** The HTTP answer of a handler that is about to be called: its status is the declared one by now. */
export class HandlerAnswer implements Answer {
  private readonly declared: unknown;

  constructor(
    private readonly response: HandlerResponse,
    private readonly adapter: HttpServer,
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

  /** With express and with Fastify. */
  get hasOwnStatus(): boolean {
    return this.response.statusCode !== this.declared;
  }
}

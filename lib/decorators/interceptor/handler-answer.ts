import type { HttpServer } from '@nestjs/common';
import type { Answer, CacheOutcome } from '../runtime/method-call.js';

/** The HTTP answer of a handler that is about to be called: its status is the declared one by now. */
export class HandlerAnswer implements Answer {
  private readonly declared: unknown;

  constructor(
    private readonly response: { readonly statusCode?: unknown },
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

  /** With express and with Fastify. */
  get hasOwnStatus(): boolean {
    return this.response.statusCode !== this.declared;
  }
}

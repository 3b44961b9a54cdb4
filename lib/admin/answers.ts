import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** Nothing of it is for caches, frames, or guesses about what it is. */
const headers: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** Answers by the application's platform, past interceptors of the application that put an envelope around bodies. */
@Injectable()
export class Answers {
  constructor(private readonly host: HttpAdapterHost) {}

  protect(response: unknown): void {
    for (const [name, value] of Object.entries(headers)) this.host.httpAdapter.setHeader(response, name, value);
  }

  async json(response: unknown, body: object | Promise<object>): Promise<void> {
    const resolved = await body;
    this.host.httpAdapter.reply(response, resolved, 200);
  }

  text(response: unknown, contentType: string, body: string, policy?: string): void {
    const { httpAdapter } = this.host;
    httpAdapter.setHeader(response, 'Content-Type', `${contentType}; charset=utf-8`);
    if (policy) httpAdapter.setHeader(response, 'Content-Security-Policy', policy);
    httpAdapter.reply(response, body, 200);
  }
}

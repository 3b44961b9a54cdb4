import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
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

  /** Whether nobody hears an answer any more. */
  isLeft(response: unknown): boolean {
    return rawOf(response).destroyed;
  }

  /** One JSON text a line, as they come; they end where nobody hears them any more. */
  lines(response: unknown, bodies: AsyncIterable<object>): void {
    const { httpAdapter } = this.host;
    const type = 'application/x-ndjson; charset=utf-8';
    // Nobody on the way is to wait for the end.
    httpAdapter.setHeader(response, 'Cache-Control', 'no-store, no-transform');
    httpAdapter.setHeader(response, 'X-Accel-Buffering', 'no');
    // An application that ends would wait for whatever else may be asked on it.
    httpAdapter.setHeader(response, 'Connection', 'close');
    const stream = Readable.from(textsOf(bodies));
    rawOf(response).once('close', () => stream.destroy());
    const file = new StreamableFile(stream, { type }).setErrorLogger(() => undefined);
    httpAdapter.reply(response, file, 200);
  }

  text(response: unknown, contentType: string, body: string, policy?: string): void {
    const { httpAdapter } = this.host;
    httpAdapter.setHeader(response, 'Content-Type', `${contentType}; charset=utf-8`);
    if (policy) httpAdapter.setHeader(response, 'Content-Security-Policy', policy);
    httpAdapter.reply(response, body, 200);
  }
}

/** Fastify has Node's own response behind its reply; that of Express is one. */
function rawOf(response: unknown): ServerResponse {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the platforms give it
  const { raw = response } = response as { raw?: unknown };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- either is one
  return raw as ServerResponse;
}

async function* textsOf(bodies: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const body of bodies) yield `${JSON.stringify(body)}\n`;
}

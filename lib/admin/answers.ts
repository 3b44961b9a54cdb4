import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** Headers against caching, framing and content sniffing. */
const headers: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** Sends responses through the platform's adapter, so that interceptors of the application do not wrap the bodies. */
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

  /** Whether the client has closed the connection. */
  isLeft(response: unknown): boolean {
    return rawOf(response).destroyed;
  }

  /** Streams one JSON text per line, until the client closes the connection. */
  lines(response: unknown, bodies: AsyncIterable<object>): void {
    const { httpAdapter } = this.host;
    const type = 'application/x-ndjson; charset=utf-8';
    // Keeps proxies from buffering the lines.
    httpAdapter.setHeader(response, 'Cache-Control', 'no-store, no-transform');
    httpAdapter.setHeader(response, 'X-Accel-Buffering', 'no');
    // A kept-alive connection would delay the shutdown of the application.
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

/** The response of Fastify wraps Node's response; the response of Express extends it. */
function rawOf(response: unknown): ServerResponse {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- both platforms pass an object
  const { raw = response } = response as { raw?: unknown };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- both are Node's response
  return raw as ServerResponse;
}

async function* textsOf(bodies: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const body of bodies) yield `${JSON.stringify(body)}\n`;
}

import { randomUUID } from 'node:crypto';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CachexOptions, CachexService } from '../../lib/index.js';
import { CachexInstrumentation } from '../../lib/opentelemetry/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { type RedisServer, startServer } from '../servers/server.js';

describe('CachexInstrumentation', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const instrumentation = new CachexInstrumentation();
  let server: RedisServer;
  let cache: CachexService;
  let name: string;
  const open = (options: CachexOptions) =>
    openCache({ keyPrefix: name, connection: server.url, ...options }, new QuietLogger(), name);

  beforeAll(async () => {
    registerInstrumentations({ instrumentations: [instrumentation], tracerProvider: provider });
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    server = await startServer({ engine: 'redis' });
  });
  afterAll(async () => {
    instrumentation.disable();
    context.disable();
    await provider.shutdown();
    await server.stop();
  });
  beforeEach(async () => {
    name = randomUUID();
    cache = await open({});
    exporter.reset();
  });
  afterEach(async () => {
    instrumentation.setConfig({});
    await cache.close();
  });

  const spans = () => exporter.getFinishedSpans().filter(({ attributes }) => attributes['cachex.cache'] === name);

  it('creates a span for a command, by the conventions', async () => {
    await cache.set('secret', 'value');
    const [span] = spans();
    expect(spans()).toHaveLength(1);
    expect(span).toMatchObject({ name: 'SET', kind: SpanKind.CLIENT, status: { code: SpanStatusCode.UNSET } });
    expect(span!.attributes).toEqual({
      'db.system.name': 'redis',
      'db.operation.name': 'SET',
      'db.namespace': '0',
      'server.address': '127.0.0.1',
      'server.port': server.port,
      'cachex.cache': name,
    });
    expect(span!.instrumentationScope).toMatchObject({ name: 'nest-cachex', version: expect.stringMatching(/^\d/) });
  });

  it('creates one span for commands that are sent together', async () => {
    await cache.setMany({ a: 1, b: 2 });
    await cache.pipeline({ transaction: true }).get('a').incr('b').execute();
    expect(
      spans().map(({ name: operation, attributes }) => [operation, attributes['db.operation.batch.size']]),
    ).toEqual([
      ['PIPELINE SET', 2],
      ['MULTI', 2],
    ]);
  });

  it('names scripts, and keys if requested', async () => {
    const open1 = await open({ traceKeys: true });
    open1.registerScript('take', 'return 1');
    await open1.evalScript('take', ['a', 'b']);
    expect(spans()[0]!.attributes).toMatchObject({ 'db.stored_procedure.name': 'take', 'cachex.keys': ['a', 'b'] });
    await open1.close();
  });

  it('reports that a command failed', async () => {
    await cache.set('secret', 'text');
    await expect(cache.lpush('secret', 1)).rejects.toThrow();
    const span = spans()[1]!;
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'LPUSH failed' });
    expect(span.attributes['error.type']).toBe('CACHEX_WRONG_TYPE');
  });

  it('reports that an error was ignored', async () => {
    const away = await open({ connection: { host: '127.0.0.1', port: 1 }, ignoreExceptions: true });
    await away.get('key');
    expect(spans()[0]).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'CACHEX_CONNECTION', 'cachex.ignored': true },
    });
    await away.close();
  });

  it('puts spans below their parents, and creates no others if requested', async () => {
    const tracer = provider.getTracer('test');
    instrumentation.setConfig({ requireParentSpan: true });
    await cache.get('alone');
    await tracer.startActiveSpan('request', async (request) => {
      await cache.getOrSet('key', 1);
      request.end();
      expect(spans().map((span) => [span.name, span.parentSpanContext?.spanId])).toEqual([
        ['GET', request.spanContext().spanId],
        ['SET', request.spanContext().spanId],
        ['EVALSHA', request.spanContext().spanId],
      ]);
    });
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  it('creates none while it is disabled', async () => {
    instrumentation.disable();
    await cache.get('key');
    instrumentation.enable();
    instrumentation.enable();
    await cache.get('key');
    expect(spans()).toHaveLength(1);
    expect(new CachexInstrumentation({ enabled: false }).getConfig()).toEqual({ enabled: false });
  });
});

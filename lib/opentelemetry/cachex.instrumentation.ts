import {
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { type CommandListener, type CommandMessage, listen } from '../observability/command-channel.js';
import { attributesOf, operationOf } from './attributes.js';
import { version } from './version.js';

/** The options of {@link CachexInstrumentation}. @publicApi */
export interface CachexInstrumentationConfig {
  /**
   * `false`: creates no spans before {@link CachexInstrumentation.enable} is called.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Creates spans only within other spans: none for background work, such as the heartbeat of a lock.
   *
   * @default false
   */
  readonly requireParentSpan?: boolean;
}

/**
 * Creates a span for every command, by OpenTelemetry's semantic conventions for database clients. It implements the
 * interface of `@opentelemetry/instrumentation`, so `NodeSDK` and `registerInstrumentations` accept it.
 *
 * @publicApi
 * @example
 * new NodeSDK({ instrumentations: [new HttpInstrumentation(), new CachexInstrumentation()] }).start();
 */
export class CachexInstrumentation implements CommandListener {
  /** The name of the tracer. */
  readonly instrumentationName = 'nest-cachex';
  /** The version of the library. */
  readonly instrumentationVersion = version;
  private tracer: Tracer = trace.getTracer(this.instrumentationName, version);
  private stop?: () => void;
  private readonly spans = new WeakMap<CommandMessage, Span>();

  constructor(private config: CachexInstrumentationConfig = {}) {
    if (config.enabled ?? true) this.enable();
  }

  /** Creates spans from now on. The constructor calls it, unless `enabled` is `false`. */
  enable(): void {
    this.stop ??= listen(this);
  }

  /** Creates no more spans. */
  disable(): void {
    this.stop?.();
    this.stop = undefined;
  }

  /** Takes its tracer from another provider than the global one. */
  setTracerProvider(provider: TracerProvider): void {
    this.tracer = provider.getTracer(this.instrumentationName, version);
  }

  /** Does nothing: metrics come from `nest-cachex/metrics`. */
  setMeterProvider(_provider: unknown): void {}

  /** Replaces the options. To switch spans on or off, call `enable` or `disable`. */
  setConfig(config: CachexInstrumentationConfig): void {
    this.config = config;
  }

  /** The options. */
  getConfig(): CachexInstrumentationConfig & { readonly enabled: boolean } {
    return { ...this.config, enabled: this.config.enabled ?? true };
  }

  /** @internal */
  started(message: CommandMessage): void {
    if (this.config.requireParentSpan && !trace.getSpan(context.active())) return;
    const options = { kind: SpanKind.CLIENT, attributes: attributesOf(message) };
    this.spans.set(message, this.tracer.startSpan(operationOf(message), options));
  }

  /** @internal */
  ended(message: CommandMessage): void {
    const span = this.spans.get(message);
    if (!span) return;
    const { error, ignored } = message;
    if (error) {
      span.setAttribute('error.type', error.code ?? error.name);
      span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      if (ignored) span.setAttribute('cachex.ignored', true);
    }
    span.end();
  }
}

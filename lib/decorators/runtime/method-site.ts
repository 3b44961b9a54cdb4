import { Logger, type Type } from '@nestjs/common';
import { answersByItself, type HandlerParameter, handlerParameters } from '../../nest/handler-parameters.js';
import type { DeclaredMethod } from '../../nest/declared-method.js';
import { handlerPipes } from '../../nest/handler-pipes.js';
import { handlerMetadata, serverSentEvents } from '../../nest/nest-metadata.js';
import type { TransportName } from '../../nest/transports.js';
import { ConfigError } from '../../errors/index.js';
import type { Caches } from './caches.js';
import { differing, type HostModule } from './host-module.js';
import type { WayToRequest } from '../../nest/request-holder.js';

/** A decorated method in a class of one module; it may be inherited. */
export class MethodSite {
  /** The transports that it handles; none for an ordinary method of a provider. */
  readonly transports: readonly TransportName[];
  private readonly knownParameters = new Map<TransportName, readonly HandlerParameter[]>();
  readonly logger = new Logger('Cachex');
  private readonly warnings = new Set<string>();
  private defaultKeyHead?: string;
  /** The only object that it may work on: answers of another would share the keys. */
  private decoratorOfOne?: string;
  private one?: object;

  constructor(
    readonly method: DeclaredMethod,
    readonly host: Type,
    /** The method of the class, whatever has been put in its place. */
    readonly prototype: object,
    readonly module: HostModule,
    readonly caches: Caches,
  ) {
    this.transports = transportsOf(this.handler);
  }

  /** Whether it is a handler that returns a stream of events. */
  get isStream(): boolean {
    const { handler } = this;
    return typeof handler === 'function' && Reflect.hasMetadata(serverSentEvents, handler);
  }

  /** Nest's metadata of the handler under a name. */
  metadata(name: string): unknown {
    const { handler } = this;
    return typeof handler === 'function' ? Reflect.getMetadata(name, handler) : undefined;
  }

  get isHandler(): boolean {
    return this.transports.length > 0;
  }

  /** Of its handlers. */
  get parameters(): readonly HandlerParameter[] {
    return this.transports.flatMap((transport) => this.parametersOf(transport));
  }

  parametersOf(transport: TransportName): readonly HandlerParameter[] {
    let parameters = this.knownParameters.get(transport);
    if (!parameters) {
      parameters = handlerParameters(this.host, this.method, transport);
      this.knownParameters.set(transport, parameters);
    }
    return parameters;
  }

  /** Whether the handler sends its answer without Nest. */
  get answersByItself(): boolean {
    return this.transports.includes('http') && answersByItself(this.host, this.method);
  }

  /** How a pipe of the handler comes to hold the request, if one does. */
  get wayOfPipes(): WayToRequest | undefined {
    return this.isHandler ? this.module.wayOfPipes(handlerPipes(this.host, this.method)) : undefined;
  }

  /** The part of the default key that identifies this method: `ShopModule.ProductsService.find`. */
  get head(): string {
    return (this.defaultKeyHead ??= this.makeHead());
  }

  /** Lets a decorator store under default keys, which restricts it to one object of the class. */
  useDefaultKey(decorator: string): void {
    this.decoratorOfOne = decorator;
  }

  get hasDefaultKey(): boolean {
    return this.decoratorOfOne !== undefined;
  }

  /** @throws ConfigError if a decorator works on one object only, and this is another */
  admit(object: object): void {
    if (this.decoratorOfOne === undefined || this.one === object) return;
    if (this.module.remakes(this)) this.decoratorOfOne = undefined;
    else if (this.one === undefined && this.module.has(object)) this.one = object;
    else {
      const { host, module } = this;
      this.refuse(
        this.decoratorOfOne,
        `needs a key: ${module.name} has several instances of ${host.name}, ${differing}`,
      );
    }
  }

  refuse(decorator: string, why: string): never {
    throw new ConfigError(`${decorator} on ${this.title} ${why}`);
  }

  /** Each text only once. */
  warn(text: string): void {
    if (this.warnings.has(text)) return;
    this.warnings.add(text);
    this.logger.warn(`${this.title}: ${text}`);
  }

  get title(): string {
    return `${this.host.name}.${String(this.method.name)}`;
  }

  private get handler(): unknown {
    return Reflect.get(this.prototype, this.method.name);
  }

  /** An override and the method that it calls by `super` are two methods with one name. */
  private makeHead(): string {
    const { owner, name } = this.method;
    let supers = '';
    let level: object | null = this.prototype;
    for (; level && level !== owner; level = Reflect.getPrototypeOf(level)) {
      if (Object.hasOwn(level, name)) supers += 'super.';
    }
    return `${this.module.name}.${this.host.name}.${supers}${String(name)}`;
  }
}

function transportsOf(handler: unknown): TransportName[] {
  if (typeof handler !== 'function') return [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has these names only
  return (Object.keys(handlerMetadata) as TransportName[]).filter((transport) =>
    handlerMetadata[transport].some((key) => Reflect.hasMetadata(key, handler)),
  );
}

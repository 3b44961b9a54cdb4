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
  private knownHead?: string;
  private knownName?: string;
  /** Names that no other method may have, each with the decorator that goes by it. */
  readonly names = new Map<string, string>();
  /** The only object that a decorator may work on: another would share its keys. */
  private one?: object;
  private limit?: { readonly decorator: string; readonly why: string; readonly isForAll: boolean };

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
    return (this.knownHead ??= `${this.module.name}.${this.ownName}`);
  }

  /** @throws ConfigError if the class has another name in each process, as Nest's `mixin()` gives it */
  checkName(decorator: string, what = 'a key'): void {
    if (!/^[\da-f]{21}$/.test(this.host.name)) return;
    this.refuse(decorator, `needs ${what}: mixin() names its class differently in each process`);
  }

  /** Lets a decorator store under default keys, which restricts it to one object of the class. */
  useDefaultKey(decorator: string): void {
    this.checkName(decorator);
    this.names.set(decorator, this.head);
    this.limit = { decorator, why: differing, isForAll: true };
  }

  /** Lets a decorator go by the name of the method: two objects in one module may be two jobs. */
  useOwnName(decorator: string, why: string): void {
    this.checkName(decorator);
    this.names.set(decorator, this.ownName);
    this.limit ??= { decorator, why, isForAll: false };
  }

  /** @throws ConfigError if a decorator works on one object only, and this is another */
  admit(object: object): void {
    const { host, limit, module } = this;
    if (limit === undefined || this.one === object) return;
    if (module.remakes(this)) this.limit = undefined;
    else if (!module.has(object) && !limit.isForAll) return;
    else if (this.one === undefined && module.has(object)) this.one = object;
    else {
      this.refuse(limit.decorator, `needs a key: ${module.name} has several instances of ${host.name}, ${limit.why}`);
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

  /** The same, but another name for what an override calls by `super`: `ProductsService.super.find`. */
  get ownName(): string {
    return (this.knownName ??= this.makeName());
  }

  private get handler(): unknown {
    return Reflect.get(this.prototype, this.method.name);
  }

  private makeName(): string {
    const { owner, name } = this.method;
    let supers = '';
    let level: object | null = this.prototype;
    for (; level && level !== owner; level = Reflect.getPrototypeOf(level)) {
      if (Object.hasOwn(level, name)) supers += 'super.';
    }
    return `${this.host.name}.${supers}${String(name)}`;
  }
}

function transportsOf(handler: unknown): TransportName[] {
  if (typeof handler !== 'function') return [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has these names only
  return (Object.keys(handlerMetadata) as TransportName[]).filter((transport) =>
    handlerMetadata[transport].some((key) => Reflect.hasMetadata(key, handler)),
  );
}

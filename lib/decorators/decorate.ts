import { UseInterceptors } from '@nestjs/common';
import { CachexInterceptor } from './interceptor/cachex.interceptor.js';
import { instanceMethod, type Method } from '../nest/declared-method.js';
import { handlerMetadata } from '../nest/nest-metadata.js';
import { DecoratedMethod, decoratedMethod, registerDecorated } from './runtime/decorated-method.js';
import { execute } from './runtime/execute.js';
import { currentHandling, type Handling } from './runtime/handling.js';
import { runtimeOfInstance } from './runtime/find-runtime.js';
import { linkInstancesOf } from './runtime/instance-links.js';
import { MethodCall } from './runtime/method-call.js';
import type { ModuleRuntime } from './runtime/module-runtime.js';
import type { Operation } from './runtime/operation.js';
import type { TypedMethodDecorator } from './options/typed-method-decorator.js';

/** The decorator that wraps an operation around a method, and around the operations of the decorators below it. */
export function decorate<Functions>(operation: Operation): TypedMethodDecorator<Functions> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- which methods it suits is checked by types alone
  return ((target: object, name: string | symbol, given?: TypedPropertyDescriptor<Method>) => {
    const { method, descriptor } = instanceMethod(operation.decorator, target, name, given);
    if (method.constructor.name.endsWith('GeneratorFunction')) {
      throw new TypeError(
        `${operation.decorator} cannot decorate the generator ${String(name)}: it does not return a promise`,
      );
    }
    const known = decoratedMethod(method);
    const decorated = known?.owner === target ? known : wrap(target, name, descriptor);
    decorated.operations.unshift(operation);
  }) as TypedMethodDecorator<Functions>;
}

function wrap(owner: object, name: string | symbol, descriptor: TypedPropertyDescriptor<Method>): DecoratedMethod {
  const original = descriptor.value!;
  const decorated = new DecoratedMethod(owner, name, original);
  const wrapper = wrapperOf(decorated);
  copyIdentity(original, wrapper);
  registerDecorated(wrapper, decorated);
  descriptor.value = wrapper;
  linkInstancesOf(owner);
  UseInterceptors(CachexInterceptor)(owner, name, descriptor);
  return decorated;
}

/**
 * Does nothing when Nest calls a handler: then the interceptor acts, after the guards, which must see every call. Where
 * other code calls an HTTP handler, what answers requests stands aside.
 */
function wrapperOf(method: DecoratedMethod): Method {
  const { original } = method;
  let isRoute: boolean | undefined;
  return function wrapper(this: unknown, ...args) {
    const handling = currentHandling();
    if (handling?.expects(method)) return handling.note(original.apply(this, args));
    const handled = handling?.comingTo(method);
    isRoute ??= handlerMetadata.http.some((key) => Reflect.hasMetadata(key, wrapper));
    const operations = isRoute && !handled ? withoutRequest(method, handling) : method.operations;
    if (operations.length === 0) return original.apply(this, args);
    const module = runtimeOfInstance(this, method, operations);
    if (!module) return original.apply(this, args);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what Nest has linked to a module is an object
    return act(method, operations, module, this as object, args, handled);
  };
}

/** What an override has on it is done there, and not again in the method that it calls by `super`. */
function withoutRequest(method: DecoratedMethod, handling?: Handling): readonly Operation[] {
  const done = handling?.overrides(method) ? handling.operations : [];
  return method.operations.filter(
    ({ answersRequests, decorator }) => !answersRequests && !done.some((other) => other.decorator === decorator),
  );
}

async function act(
  method: DecoratedMethod,
  operations: readonly Operation[],
  module: ModuleRuntime,
  instance: object,
  args: unknown[],
  handled: MethodCall | undefined,
): Promise<unknown> {
  const site = module.siteOf(method, instance);
  const call = handled ? handled.on(site) : new MethodCall(site, args);
  return execute(operations, call, async (given = args) => method.original.apply(instance, [...given]));
}

/** Copies name, length and metadata of the decorators below, as if the wrapper were the method itself. */
function copyIdentity(original: Method, wrapper: Method): void {
  for (const property of ['name', 'length'] as const) {
    Object.defineProperty(wrapper, property, { value: original[property], configurable: true });
  }
  for (const key of Reflect.getOwnMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), wrapper);
  }
}

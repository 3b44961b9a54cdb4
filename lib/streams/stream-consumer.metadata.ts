import type { StreamConsumerOptions } from './stream-consumer.options.js';

/** What a decorator says of a method. */
export interface DeclaredConsumer {
  readonly name: string | symbol;
  readonly options: StreamConsumerOptions & { readonly cache?: string };
}

const key = 'nest-cachex:stream-consumers';

const declaredOn = (method: unknown): DeclaredConsumer['options'][] =>
  typeof method === 'function' ? (Reflect.getOwnMetadata(key, method) ?? []) : [];

export function declareConsumer(method: object, options: DeclaredConsumer['options']): void {
  Reflect.defineMetadata(key, [options, ...declaredOn(method)], method);
}

/** Those of an object and of what it inherits, and has not overridden. */
export function consumersOf(object: object): DeclaredConsumer[] {
  const methods = new Map<string | symbol, unknown>();
  for (let level: object | null = object; level && level !== Object.prototype; level = Reflect.getPrototypeOf(level)) {
    for (const name of Reflect.ownKeys(level)) {
      if (!methods.has(name)) methods.set(name, Object.getOwnPropertyDescriptor(level, name)?.value);
    }
  }
  return [...methods].flatMap(([name, method]) => declaredOn(method).map((options) => ({ name, options })));
}

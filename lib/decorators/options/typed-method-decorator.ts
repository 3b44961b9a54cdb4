import type { Observable } from 'rxjs';
import type { InputOf, OutputOf, StandardSchema } from '../../codec/schema.js';

/** A function among a decorator's options, called with the arguments of the method. @publicApi */
export type OfArguments<T> = (...args: never[]) => T;
/** The same with the method's result first. @publicApi */
export type OfResult<T> = (result: never, ...args: never[]) => T;

export type AnyMethod = (...args: never[]) => unknown;
type ArgumentsOf<Method> = Method extends (...args: infer Arguments) => unknown ? Arguments : never;
type ResultOf<Method> = Method extends (...args: never[]) => PromiseLike<infer Result> | Observable<infer Result>
  ? Result
  : never;

/** `unknown` if an option fits the method, the text of the error if it does not. */
type Fits<Option, Expected, Message extends string> =
  // The type of an option that was left out, or is not a function, is the bound of its type parameter.
  OfArguments<never> extends Option ? unknown : Option extends Expected ? unknown : Message;

export type TakesArguments<Method, Functions, Name extends string> =
  Functions extends Record<Name, infer Option>
    ? Fits<Option, (...args: ArgumentsOf<Method>) => unknown, `${Name} does not take the arguments of this method`>
    : unknown;

export type TakesResult<Method, Functions, Name extends string> =
  Functions extends Record<Name, infer Option>
    ? Fits<
        Option,
        (result: Exclude<ResultOf<Method>, undefined>, ...args: ArgumentsOf<Method>) => unknown,
        `${Name} does not take the result and the arguments of this method`
      >
    : unknown;

/** A schema takes the method's result, and must make the type that the method promises. */
export type FitsSchema<Method, Functions> = Functions extends { schema: infer Schema extends StandardSchema }
  ? StandardSchema extends Schema
    ? unknown
    : [Exclude<ResultOf<Method>, undefined>] extends [InputOf<Schema>]
      ? [OutputOf<Schema>] extends [ResultOf<Method>]
        ? unknown
        : 'schema makes something else than this method returns'
      : 'schema does not take what this method returns'
  : unknown;

/** Handlers may return an Observable. Any other decorated method returns a promise, and must say so. */
export type ReturnsPromise<Method> = Method extends (...args: never[]) => PromiseLike<unknown> | Observable<unknown>
  ? unknown
  : 'a decorated method returns a promise: make it async';

/**
 * A decorator of methods; its options may hold functions of the method's arguments. A mismatch is a compile error that
 * explains itself.
 *
 * @publicApi
 */
export type TypedMethodDecorator<Functions = {}> = <Method extends AnyMethod>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method> &
    ReturnsPromise<Method> &
    TakesArguments<Method, Functions, 'key'> &
    TakesArguments<Method, Functions, 'keys'> &
    TakesArguments<Method, Functions, 'by'> &
    TakesArguments<Method, Functions, 'pattern'> &
    TakesArguments<Method, Functions, 'tags'> &
    TakesArguments<Method, Functions, 'condition'> &
    TakesResult<Method, Functions, 'unless'> &
    TakesResult<Method, Functions, 'etag'> &
    FitsSchema<Method, Functions>,
) => void;

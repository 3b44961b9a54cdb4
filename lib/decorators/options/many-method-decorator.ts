import type { AnyMethod, FitsSchema, ReturnsPromise, TakesArguments, TakesResult } from './typed-method-decorator.js';

/** The method's type for one id; `never` if it does not take many. */
type OfOne<Method> = Method extends (...args: infer Arguments) => PromiseLike<infer Result>
  ? Arguments extends [infer Ids, ...infer Rest]
    ? Ids extends readonly (infer Id)[]
      ? (id: Id, ...rest: Rest) => PromiseLike<ValueIn<Result>>
      : never
    : never
  : never;

type ValueIn<Result> =
  Result extends ReadonlyMap<unknown, infer Value> ? Value : Result extends readonly (infer Value)[] ? Value : never;

type TakesMany<Method> = [OfOne<Method>] extends [never]
  ? 'a method of many takes a list of ids first, and returns a promise'
  : unknown;

type Gives<Method, Returns> = Method extends (...args: never[]) => PromiseLike<infer Result>
  ? 'array' extends Returns
    ? Result extends readonly unknown[]
      ? unknown
      : "returns: 'array' is for a method that returns an array with a value for each id"
    : Result extends ReadonlyMap<unknown, unknown>
      ? unknown
      : "a method that returns an array with a value for each id, in their order, needs returns: 'array'; else return a Map"
  : unknown;

/**
 * A decorator of methods for many ids; its options may hold functions of one id and the other arguments. A mismatch is
 * a compile error that explains itself.
 *
 * @publicApi
 */
export type ManyMethodDecorator<Functions = {}, Returns = 'map'> = <Method extends AnyMethod>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method> &
    ReturnsPromise<Method> &
    TakesMany<Method> &
    Gives<Method, Returns> &
    TakesArguments<OfOne<Method>, Functions, 'key'> &
    TakesArguments<OfOne<Method>, Functions, 'tags'> &
    TakesArguments<Method, Functions, 'condition'> &
    TakesResult<OfOne<Method>, Functions, 'unless'> &
    FitsSchema<OfOne<Method>, Functions>,
) => void;

import { describe } from '../arguments/arguments.js';
import { printable } from '../errors/quoted.js';
import { safeCause } from './safe-cause.js';

/** One complaint of a schema about a value. @publicApi */
export interface SchemaIssue {
  /** What is wrong. */
  readonly message: string;
  /** Where in the value; left out for the value itself. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The verdict of a schema about a value. @publicApi */
export type SchemaVerdict<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/**
 * The common interface of schemas from zod, valibot, arktype and others: https://standardschema.dev. A schema takes an
 * `Input` and makes an `Output` from it.
 *
 * @publicApi
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** What the standard requires: its version, the library's name, and the function that checks a value. */
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaVerdict<Output> | Promise<SchemaVerdict<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type TypesOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>;

/** The type that a schema takes, which is the stored one. @publicApi */
export type InputOf<S extends StandardSchema> = TypesOf<S>['input'];

/** The type that a schema makes, which callers get. @publicApi */
export type OutputOf<S extends StandardSchema> = TypesOf<S>['output'];

/** Calls whose values a schema describes. @publicApi */
export interface SchemaOption<Schema extends StandardSchema = StandardSchema> {
  /**
   * A schema of zod, valibot, arktype or any other library with Standard Schema. Its input is stored, and its output is
   * the answer. A stored value that does not match is a miss.
   */
  readonly schema: Schema;
}

/** Reports that a value does not match, and where, without the schema's messages, which may quote the value. */
export class Mismatch {
  constructor(
    private readonly places: readonly string[],
    /** Whether the schema threw instead of answering. */
    readonly thrown?: { readonly cause: unknown },
  ) {}

  /** `at price, tags.0`: the first few places. */
  get where(): string {
    if (this.thrown) return '(the schema threw an error)';
    const named = this.places.filter((place) => place !== '').slice(0, mostPlaces);
    return named.length === 0 ? 'as a whole' : `at ${printable(named.join(', ').slice(0, mostLetters))}`;
  }
}

const mostPlaces = 5;
const mostLetters = 200;

/** @throws TypeError if the value is not such a schema */
export function schemaArgument(schema: StandardSchema | undefined): StandardSchema | undefined {
  if (schema === undefined || isSchema(schema)) return schema;
  throw new TypeError(
    `schema must be a Standard Schema (of zod 3.24, valibot 1, arktype 2 or newer, …), not ${describe(schema)}`,
  );
}

/** The output of a schema for a value, or a mismatch; a promise if the schema answers with one. */
export function match(schema: StandardSchema, value: unknown): unknown {
  try {
    const verdict = schema['~standard'].validate(value);
    return isPromise(verdict) ? verdict.then(outputOf).catch(failed) : outputOf(verdict);
  } catch (error) {
    return failed(error);
  }
}

function outputOf(verdict: SchemaVerdict<unknown>): unknown {
  return verdict.issues ? new Mismatch(verdict.issues.map(placeOf)) : verdict.value;
}

const failed = (error: unknown): Mismatch => new Mismatch([], { cause: safeCause(error) });

function placeOf({ path = [] }: SchemaIssue): string {
  return path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
}

type Verdict = ReturnType<StandardSchema['~standard']['validate']>;

const isPromise = (verdict: Verdict): verdict is Promise<SchemaVerdict<unknown>> =>
  'then' in verdict && typeof verdict.then === 'function';

function isSchema(schema: unknown): schema is StandardSchema {
  // Schemas of arktype are functions.
  if ((typeof schema !== 'object' || schema === null) && typeof schema !== 'function') return false;
  const { '~standard': standard } = schema as Partial<Record<'~standard', { validate?: unknown }>>;
  return typeof standard === 'object' && standard !== null && typeof standard.validate === 'function';
}

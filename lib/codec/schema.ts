import { describe } from '../arguments/arguments.js';
import { printable } from '../errors/quoted.js';
import { safeCause } from './safe-cause.js';

/** What a schema has against a value. @publicApi */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema says of a value. @publicApi */
export type SchemaVerdict<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/**
 * What the schemas of zod, valibot, arktype and others have in common: https://standardschema.dev. `Input` is what it
 * takes, and `Output` what it makes of that.
 *
 * @publicApi
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaVerdict<Output> | Promise<SchemaVerdict<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type TypesOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>;

/** What a schema takes, and what is stored. @publicApi */
export type InputOf<S extends StandardSchema> = TypesOf<S>['input'];

/** What a schema makes of it, and what callers get. @publicApi */
export type OutputOf<S extends StandardSchema> = TypesOf<S>['output'];

/** Calls whose values a schema describes. @publicApi */
export interface SchemaOption<Schema extends StandardSchema = StandardSchema> {
  /**
   * A schema of zod, valibot, arktype or any other library that knows Standard Schema. What is stored is its input, and
   * what it makes of that is the answer. A stored value that does not match is a miss.
   */
  readonly schema: Schema;
}

/** That a value does not match, and where: no messages of the schema, which may quote the value. */
export class Mismatch {
  constructor(
    private readonly places: readonly string[],
    /** Where the schema has thrown in place of an answer. */
    readonly thrown?: { readonly cause: unknown },
  ) {}

  /** `at price, tags.0`: the first few of the places. */
  get where(): string {
    if (this.thrown) return 'as far as can be told: the schema threw an error';
    const named = this.places.filter((place) => place !== '').slice(0, mostPlaces);
    return named.length === 0 ? 'as a whole' : `at ${printable(named.join(', ').slice(0, mostLetters))}`;
  }
}

const mostPlaces = 5;
const mostLetters = 200;

/** @throws TypeError for what is no such schema */
export function schemaArgument(schema: StandardSchema | undefined): StandardSchema | undefined {
  if (schema === undefined || isSchema(schema)) return schema;
  throw new TypeError(
    `schema must be a Standard Schema (of zod 3.24, valibot 1, arktype 2 or newer, …), not ${describe(schema)}`,
  );
}

/** What a schema makes of a value, or that it does not match; a promise where the schema answers with one. */
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
  // Those of arktype are functions.
  if ((typeof schema !== 'object' || schema === null) && typeof schema !== 'function') return false;
  const { '~standard': standard } = schema as Partial<Record<'~standard', { validate?: unknown }>>;
  return typeof standard === 'object' && standard !== null && typeof standard.validate === 'function';
}

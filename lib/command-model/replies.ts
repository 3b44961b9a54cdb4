/* oxlint-disable typescript/no-unsafe-type-assertion -- a shape describes the server's reply; any other reply is a TypeError, which the executor names */
import type { Place } from '../arguments/scope.js';
import { nameOf } from '../arguments/names.js';
import type { StandardSchema } from '../codec/schema.js';
import { matchingOrMissing } from './matching.js';
import type { Key, ReplyContext, ReplyShape } from './command.js';

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise;

/** All of the values; creates no promise if none of them is one. */
export function allOf<T>(parts: (T | Promise<T>)[]): T[] | Promise<T[]> {
  return parts.some(isPromise) ? Promise.all(parts) : (parts as T[]);
}

export function whenDecoded<T>(parts: unknown[], build: (decoded: unknown[]) => T): T | Promise<T> {
  const decoded = allOf(parts);
  return decoded instanceof Promise ? decoded.then(build) : build(decoded);
}

const decodeOne = (raw: unknown, context: ReplyContext): unknown =>
  raw === null ? undefined : context.decode(raw as Buffer);

const decodeAll = (raw: unknown, context: ReplyContext): unknown[] =>
  raw === null ? [] : (raw as unknown[]).map((item) => decodeOne(item, context));

const decodeField = (key: Key, raw: unknown, context: ReplyContext): unknown =>
  raw === null ? undefined : context.decodeAt(key, raw as Buffer);

const decodeFields = (key: Key, raw: unknown, context: ReplyContext): unknown[] =>
  raw === null ? [] : (raw as unknown[]).map((item) => decodeField(key, item, context));

export function shape<T>(decode: ReplyShape<T>['decode'], missing: () => T): ReplyShape<T> {
  return { decode, missing };
}

/** Every second item of a flat reply: the names of pairs from 0 on, their values from 1 on. */
export function everySecond<T>(raw: unknown, offset: 0 | 1): T[] {
  return (raw as T[]).filter((_, index) => index % 2 === offset);
}

const safe = (raw: unknown): number => {
  const value = Number(raw);
  if (!Number.isSafeInteger(value)) throw new RangeError('the number is beyond the safe integer range');
  return value;
};

export const text = (raw: unknown): string => (raw as Buffer).toString();

const name = (raw: unknown): string => nameOf(raw as Buffer);

/** Redis writes infinite scores as `inf` and `-inf`. */
export const toNumber = (raw: unknown): number => {
  const written = String(raw);
  return written.endsWith('inf') ? (written.startsWith('-') ? -Infinity : Infinity) : Number(written);
};

export const integer = shape<number>(safe, () => 0);
export const float = shape<number>(toNumber, () => 0);
export const boolean = shape<boolean>(
  (raw) => Number(raw) > 0,
  () => false,
);
export const booleans = (count: number): ReplyShape<boolean[]> =>
  shape(
    (raw) => (raw as unknown[]).map((item) => item === 1),
    () => Array.from({ length: count }, () => false),
  );

/** `OK`, or nothing if a condition (`NX`, `XX`) was not met. */
export const ok = shape<boolean>(
  (raw) => raw !== null,
  () => false,
);
export const always = shape<boolean>(
  () => true,
  () => false,
);
export const nothing = shape<void>(
  () => undefined,
  () => undefined,
);

export const timeToLive = shape<number>(safe, () => -2);
export const typeName = shape<string | undefined>(
  (raw) => (text(raw) === 'none' ? undefined : text(raw)),
  () => undefined,
);
export const names = shape<string[]>(
  (raw) => (raw as unknown[]).map(name),
  () => [],
);
/** The fields of a flat list of fields and values. */
export const everyOtherName = shape<string[]>(
  (raw) => everySecond<Buffer>(raw, 0).map(name),
  () => [],
);
export const optionalName = shape<string | undefined>(
  (raw) => (raw === null ? undefined : name(raw)),
  () => undefined,
);
export const optionalInteger = shape<number | undefined>(
  (raw) => (raw === null ? undefined : safe(raw)),
  () => undefined,
);
/** A result of BITFIELD for each operation; `undefined` if an overflow has prevented it. */
export const optionalIntegers = (count: number): ReplyShape<(number | undefined)[]> =>
  shape(
    (raw) => (raw as unknown[]).map((item) => (item === null ? undefined : safe(item))),
    () => Array.from({ length: count }, () => 0),
  );
/** `undefined` for -1. */
export const position = shape<number | undefined>(
  (raw) => (raw === -1 ? undefined : safe(raw)),
  () => undefined,
);
export const bit = shape<0 | 1>(
  (raw) => (raw === 1 ? 1 : 0),
  () => 0,
);
export const integers = shape<number[]>(
  (raw) => (raw as unknown[]).map(safe),
  () => [],
);
export const optionalFloat = shape<number | undefined>(
  (raw) => (raw === null ? undefined : toNumber(raw)),
  () => undefined,
);
export const optionalFloats = (count: number): ReplyShape<(number | undefined)[]> =>
  shape(
    (raw) => (raw as unknown[]).map((item) => (item === null ? undefined : toNumber(item))),
    () => Array.from({ length: count }, () => undefined),
  );

/** A value as it is stored. */
export const bytes = shape<Buffer | null>(
  (raw) => raw as Buffer | null,
  () => null,
);

const oneValue = shape<unknown>(decodeOne, () => undefined);
const allValues = shape<unknown[]>(
  (raw, context) => allOf(decodeAll(raw, context)),
  () => [],
);

/** A value; `undefined` if there is none. */
export const value = <T>(): ReplyShape<T | undefined> => oneValue as ReplyShape<T | undefined>;

/** A key of that version and one of its values; `undefined` if there is none. */
export const keyAndValue = <T>(version: Place): ReplyShape<[key: string, value: T] | undefined> =>
  shape(
    (raw, context) => {
      if (raw === null) return undefined;
      const [key, data] = raw as [Buffer, Buffer];
      return whenDecoded([context.decode(data)], ([decoded]) => [context.userKey(key, version)!, decoded as T]);
    },
    () => undefined,
  );

/** The value of a field of a hash. */
export const fieldValue = <T>(key: Key, schema?: StandardSchema): ReplyShape<T | undefined> =>
  shape(
    (raw, context) => {
      const decoded = decodeField(key, raw, context);
      return (schema ? matchingOrMissing(key, decoded, schema, context) : decoded) as T | undefined;
    },
    () => undefined,
  );

/** The values of all fields of a hash. */
export const fieldValues = <T>(key: Key): ReplyShape<T[]> =>
  shape(
    (raw, context) => allOf(decodeFields(key, raw, context)) as T[],
    () => [],
  );

/** A flat list of fields of a hash and values, in which a field may occur twice. */
export const fieldsAndValues = <T>(key: Key): ReplyShape<[field: string, value: T][]> =>
  shape(
    (raw, context) => {
      const fields = everySecond<Buffer>(raw, 0).map(name);
      return whenDecoded(decodeFields(key, everySecond(raw, 1), context), (decoded) =>
        fields.map((field, index): [string, T] => [field, decoded[index] as T]),
      );
    },
    () => [],
  );

/** Any number of values: members, elements. */
export const values = <T>(): ReplyShape<T[]> => allValues as ReplyShape<T[]>;

/** One slot per requested field of a hash. */
export const slots = <T>(key: Key, count: number): ReplyShape<(T | undefined)[]> =>
  shape(
    (raw, context) => allOf(decodeFields(key, raw, context)) as (T | undefined)[],
    () => Array.from({ length: count }, () => undefined),
  );

/** A flat list of fields of a hash and values. */
export const mapping = <T>(key: Key): ReplyShape<Map<string, T>> =>
  shape(
    (raw, context) => {
      const fields = everySecond<Buffer>(raw, 0).map(name);
      return whenDecoded(
        decodeFields(key, everySecond(raw, 1), context),
        (decoded) => new Map(fields.map((field, index) => [field, decoded[index] as T])),
      );
    },
    () => new Map(),
  );

/** A flat list of members and scores. */
export const scored = <T>(): ReplyShape<[member: T, score: number][]> =>
  shape(
    (raw, context) => {
      const scores = everySecond(raw, 1).map(toNumber);
      return whenDecoded(decodeAll(everySecond(raw, 0), context), (decoded) =>
        decoded.map((member, index): [T, number] => [member as T, scores[index]!]),
      );
    },
    () => [],
  );

/** `[cursor, items]` of a `SCAN`-like command: the items in their own shape, put together by `build`. */
export const scanned = <P, R>(items: ReplyShape<P>, build: (cursor: string, page: P) => R): ReplyShape<R> =>
  shape(
    (raw, context) => {
      const [cursor, data] = raw as [Buffer, unknown];
      const page = items.decode(data, context);
      return page instanceof Promise ? page.then((p) => build(text(cursor), p)) : build(text(cursor), page);
    },
    () => build('0', items.missing()),
  );

/** Keys as the server names them; the caller turns them into the user's. */
export const wireKeys = shape<Buffer[]>(
  (raw) => (raw as Buffer[]).slice(),
  () => [],
);

/* oxlint-disable typescript/no-unsafe-type-assertion -- only the reader, who declares T, knows the type of a value */
import type { Place } from '../arguments/scope.js';
import { nameOf } from '../arguments/names.js';
import type { StandardSchema } from '../codec/schema.js';
import { readEach, whenRead } from '../waiting/all-of.js';
import {
  bytesIn,
  bytesOrNil,
  everySecond,
  integerIn,
  listIn,
  listOf,
  listOrNone,
  misfit,
  numberIn,
  textIn,
} from '../wire/reply-parts.js';
import { matchingOrMissing } from './matching.js';
import type { Key, ReplyContext, ReplyShape } from './command.js';

const decodeOne = (raw: unknown, context: ReplyContext): unknown => {
  const data = bytesOrNil(raw);
  return data === null ? undefined : context.decode(data);
};

export const decodeAll = (raw: readonly unknown[], context: ReplyContext): unknown[] | Promise<unknown[]> =>
  readEach(raw, (item) => context.decode(bytesIn(item)));

const decodeFields = (key: Key, raw: readonly unknown[], context: ReplyContext): unknown[] | Promise<unknown[]> =>
  readEach(raw, (item) => context.decodeAt(key, bytesIn(item)));

const decodeFieldOrNone = (key: Key, raw: unknown, context: ReplyContext): unknown => {
  const data = bytesOrNil(raw);
  return data === null ? undefined : context.decodeAt(key, data);
};

export function shape<T>(decode: ReplyShape<T>['decode'], missing: () => T): ReplyShape<T> {
  return { decode, missing };
}

const name = (raw: unknown): string => nameOf(bytesIn(raw));

const namesIn = (raw: readonly unknown[]): string[] => raw.map(name);

/** The key as the user wrote it; its name on the server if a key function does not know it again. */
export function userKeyIn(raw: unknown, version: Place, context: ReplyContext): string {
  const key = bytesIn(raw);
  return context.userKey(key, version) ?? nameOf(key);
}

export const integer = shape<number>(integerIn, () => 0);
export const float = shape<number>(numberIn, () => 0);
export const boolean = shape<boolean>(
  (raw) => raw !== null && integerIn(raw) > 0,
  () => false,
);
export const booleans = (count: number): ReplyShape<boolean[]> =>
  shape(
    (raw) => listOf(count, raw).map((item) => integerIn(item) === 1),
    () => Array.from({ length: count }, () => false),
  );

/** `OK`, or nothing if a condition (`NX`, `XX`) was not met. */
export const ok = shape<boolean>(
  (raw) => bytesOrNil(raw) !== null,
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

export const timeToLive = shape<number>(integerIn, () => -2);
export const typeName = shape<string | undefined>(
  (raw) => {
    const type = textIn(raw);
    return type === 'none' ? undefined : type;
  },
  () => undefined,
);
export const names = shape<string[]>(
  (raw) => namesIn(listIn(raw)),
  () => [],
);
/** The fields of a flat list of fields and values. */
export const everyOtherName = shape<string[]>(
  (raw) => namesIn(everySecond(raw, 0)),
  () => [],
);
export const optionalName = shape<string | undefined>(
  (raw) => (raw === null ? undefined : name(raw)),
  () => undefined,
);
export const optionalInteger = shape<number | undefined>(
  (raw) => (raw === null ? undefined : integerIn(raw)),
  () => undefined,
);
/** A result of BITFIELD for each operation; `undefined` if an overflow has prevented it. */
export const optionalIntegers = (count: number): ReplyShape<(number | undefined)[]> =>
  shape(
    (raw) => listOf(count, raw).map((item) => (item === null ? undefined : integerIn(item))),
    () => Array.from({ length: count }, () => 0),
  );
/** `undefined` for -1. */
export const position = shape<number | undefined>(
  (raw) => (raw === -1 ? undefined : integerIn(raw)),
  () => undefined,
);
export const bit = shape<0 | 1>(
  (raw) => (integerIn(raw) === 1 ? 1 : 0),
  () => 0,
);
export const integers = shape<number[]>(
  (raw) => listIn(raw).map(integerIn),
  () => [],
);
export const optionalFloat = shape<number | undefined>(
  (raw) => (raw === null ? undefined : numberIn(raw)),
  () => undefined,
);
export const optionalFloats = (count: number): ReplyShape<(number | undefined)[]> =>
  shape(
    (raw) => listOf(count, raw).map((item) => (item === null ? undefined : numberIn(item))),
    () => Array.from({ length: count }, () => undefined),
  );

/** A value as it is stored. */
export const bytes = shape<Buffer | null>(bytesOrNil, () => null);

const oneValue = shape<unknown>(decodeOne, () => undefined);
const allValues = shape<unknown[]>(
  (raw, context) => decodeAll(listOrNone(raw), context),
  () => [],
);

/** A value; `undefined` if there is none. */
export const value = <T>(): ReplyShape<T | undefined> => oneValue as ReplyShape<T | undefined>;

/** A key of that version and one of its values; `undefined` if there is none. */
export const keyAndValue = <T>(version: Place): ReplyShape<[key: string, value: T] | undefined> =>
  shape(
    (raw, context) => {
      if (raw === null) return undefined;
      const [key, data] = listOf(2, raw);
      const named = userKeyIn(key, version, context);
      return whenRead(context.decode(bytesIn(data)), (decoded): [string, T] => [named, decoded as T]);
    },
    () => undefined,
  );

/** The value of a field of a hash. */
export const fieldValue = <T>(key: Key, schema?: StandardSchema): ReplyShape<T | undefined> =>
  shape(
    (raw, context) => {
      const decoded = decodeFieldOrNone(key, raw, context);
      return (schema ? matchingOrMissing(key, decoded, schema, context) : decoded) as T | undefined;
    },
    () => undefined,
  );

/** The values of all fields of a hash. */
export const fieldValues = <T>(key: Key): ReplyShape<T[]> =>
  shape(
    (raw, context) => decodeFields(key, listOrNone(raw), context) as T[],
    () => [],
  );

/** A flat list of fields of a hash and values, in which a field may occur twice. */
export const fieldsAndValues = <T>(key: Key): ReplyShape<[field: string, value: T][]> =>
  shape(
    (raw, context) => {
      const fields = namesIn(everySecond(raw, 0));
      return whenRead(decodeFields(key, everySecond(raw, 1), context), (decoded) =>
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
    (raw, context) =>
      readEach(listOf(count, raw), (item) => decodeFieldOrNone(key, item, context)) as (T | undefined)[],
    () => Array.from({ length: count }, () => undefined),
  );

/** A flat list of fields of a hash and values. */
export const mapping = <T>(key: Key): ReplyShape<Map<string, T>> =>
  shape(
    (raw, context) => {
      const fields = namesIn(everySecond(raw, 0));
      return whenRead(
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
      const scores = everySecond(raw, 1).map(numberIn);
      return whenRead(decodeAll(everySecond(raw, 0), context), (decoded) =>
        decoded.map((member, index): [T, number] => [member as T, scores[index]!]),
      );
    },
    () => [],
  );

const digits = /^\d+$/;

/** `[cursor, items]` of a `SCAN`-like command: the items in their own shape, put together by `build`. */
export const scanned = <P, R>(items: ReplyShape<P>, build: (cursor: string, page: P) => R): ReplyShape<R> =>
  shape(
    (raw, context) => {
      const [position, data] = listOf(2, raw);
      const cursor = textIn(position);
      if (!digits.test(cursor)) throw misfit();
      const page = items.decode(data, context);
      return whenRead(page, (known) => build(cursor, known));
    },
    () => build('0', items.missing()),
  );

/** Keys as the server names them; the caller turns them into the user's. */
export const wireKeys = shape<Buffer[]>(
  (raw) => listIn(raw).map(bytesIn),
  () => [],
);

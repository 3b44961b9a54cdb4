import { addExtension } from 'msgpackr/pack';

/** The errors that msgpackr writes by name; others become an `Error` of that name. */
const ERRORS: ReadonlyMap<unknown, ErrorConstructor> = new Map(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((type) => [type.name, type]),
);

/**
 * Lets msgpackr read a `RegExp` and an `Error` only if their parts are text: a few hundred bytes may hold lists that
 * share others, and converting them to text would never end. Everything that msgpackr writes is read as before.
 */
export function readTextOnly(): void {
  addExtension({ type: 0x78, read: toRegExp });
  addExtension({ type: 0x65, read: toError });
}

function toRegExp(parts: unknown): RegExp {
  const [source, flags] = scalars(parts, 2);
  return new RegExp(source!, flags);
}

function toError(parts: unknown): Error {
  const [name, message] = scalars(parts, 2);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `scalars` has thrown if it is no list
  const cause: unknown = (parts as unknown[])[2];
  const type = ERRORS.get(name);
  const error = new (type ?? Error)(message, { cause });
  if (!type) error.name = name!;
  return error;
}

function scalars(parts: unknown, count: number): (string | undefined)[] {
  if (!Array.isArray(parts)) throw new TypeError('A MessagePack extension lacks its list of parts');
  const found: unknown[] = parts.slice(0, count);
  if (found.some((part) => typeof part === 'object' && part !== null))
    throw new TypeError('Expected text, found a list');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `RegExp` and `Error` also convert numbers to text
  return found as (string | undefined)[];
}

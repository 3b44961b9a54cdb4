import type { NamesOf } from '../arguments/option-names.js';
import { type OutputOf, schemaArgument, type SchemaOption, type StandardSchema } from '../codec/schema.js';
import { versionNames, type VersionOption } from '../arguments/version.js';
import { matchNames, type MatchOptions, scanArguments } from './scan.js';
import { fieldArgument, floatArgument, integerArgument } from '../arguments/arguments.js';
import {
  type Argument,
  type Command,
  type Key,
  Known,
  read,
  type ReplyShape,
  type Step,
  Value,
  write,
} from '../command-model/command.js';
import { concat, inParts, sum } from '../command-model/parts.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import { type MappingOf, pairsOf } from '../arguments/mapping.js';
import * as replies from '../command-model/replies.js';

/** One page of a hash. @publicApi */
export interface FieldsPage<T> {
  /** The next cursor; `'0'` at the end. */
  readonly cursor: string;
  /** Fields and their values. A field may come twice while the hash changes. */
  readonly fields: Map<string, T>;
}

/** One page of the fields of a hash, without their values. @publicApi */
export interface FieldNamesPage {
  /** The next cursor; `'0'` at the end. */
  readonly cursor: string;
  /** The fields. One may come twice while the hash changes. */
  readonly fields: string[];
}

/** How `hscan` iterates over a hash. @publicApi */
export interface HscanOptions extends MatchOptions {
  /** Only the fields, without their values. */
  readonly noValues?: boolean;
}

export type NoValues = { readonly noValues: true };

const hgetNames: NamesOf<VersionOption & SchemaOption> = { ...versionNames, schema: true };
const hscanNames: NamesOf<HscanOptions> = { ...matchNames, noValues: 'flag' };

/**
 * Hashes. Fields are plain strings; values are encoded like those of `set`.
 *
 * @publicApi
 */
export abstract class HashCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Sets one field, or several; returns the number of fields that are new. Redis: `HSET`.
   *
   * @example
   * await cache.hset('user:1', 'name', 'Ada');
   * await cache.hset('user:1', { name: 'Ada', visits: 1 });
   */
  hset(key: string, field: string, value: unknown, options?: VersionOption): Reply<S, number>;
  hset<M extends object>(
    key: string,
    mapping: MappingOf<M, string, unknown>,
    options?: VersionOption,
  ): Reply<S, number>;
  hset(key: string, fields: string | object, valueOrOptions?: unknown, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => {
      if (typeof fields !== 'string') {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- in the overload with a mapping, this argument is the options
        return setFields(this.keyOf(key, valueOrOptions as VersionOption), fields, replies.integer, 0);
      }
      return write(
        'HSET',
        [this.keyOf(key, options), fieldArgument(fields), new Value(valueOrOptions)],
        replies.integer,
      );
    });
  }

  /**
   * Sets several fields; returns `true`. Redis: `HSET`.
   * @example await cache.hmset('user:1', { name: 'Ada', city: 'London' });
   */
  hmset<M extends object>(
    key: string,
    mapping: MappingOf<M, string, unknown>,
    options?: VersionOption,
  ): Reply<S, boolean> {
    return this.send<boolean>(() => setFields(this.keyOf(key, options), mapping, replies.always, true));
  }

  /**
   * Sets a field only if it does not exist; returns whether it was set. Redis: `HSETNX`.
   * @example const isFirst = await cache.hsetnx('winners', 'monday', user);
   */
  hsetnx(key: string, field: string, value: unknown, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() =>
      write('HSETNX', [this.keyOf(key, options), fieldArgument(field), new Value(value)], replies.boolean),
    );
  }

  /**
   * The value of a field, `undefined` if it does not exist; with a `schema`, the schema's output, and `undefined` if
   * the value does not match. Redis: `HGET`.
   * @example const name = await cache.hget('user:1', 'name', { schema: z.string() });
   */
  hget<Checked extends StandardSchema>(
    key: string,
    field: string,
    options: VersionOption & SchemaOption<Checked>,
  ): Reply<S, OutputOf<Checked> | undefined>;
  hget<T = unknown>(key: string, field: string, options?: VersionOption): Reply<S, T | undefined>;
  hget<T>(key: string, field: string, options?: VersionOption & Partial<SchemaOption>): Reply<S, T | undefined> {
    return this.send<T | undefined>(() => {
      const owner = this.keyOf(key, options, hgetNames);
      const reply = replies.fieldValue<T>(owner, schemaArgument(options?.schema));
      return read('HGET', [owner, fieldArgument(field)], reply);
    });
  }

  /**
   * One slot per field asked for, `undefined` if it does not exist. Redis: `HMGET`.
   * @example const [name, city] = await cache.hmget<string>('user:1', 'name', 'city'); // string | undefined each
   */
  hmget<T = unknown>(key: string, ...fields: string[]): Reply<S, (T | undefined)[]> {
    return this.send<(T | undefined)[]>(() => {
      const [owner, names] = [this.keyOf(key), fields.map(fieldArgument)];
      const reply = replies.slots<T>(owner, names.length);
      if (names.length === 0) return new Known([]);
      return inParts(names, (part) => read('HMGET', [owner, ...part], reply), concat);
    });
  }

  /**
   * All fields and values, an empty `Map` if the key does not exist. Redis: `HGETALL`.
   * @example const users = await cache.hgetall<User>('users'); // Map<string, User>
   */
  hgetall<T = unknown>(key: string, options?: VersionOption): Reply<S, Map<string, T>> {
    return this.send<Map<string, T>>(() => {
      const owner = this.keyOf(key, options);
      return read('HGETALL', [owner], replies.mapping<T>(owner));
    });
  }

  /** All fields. Redis: `HKEYS`. @example const fields = await cache.hkeys('user:1'); */
  hkeys(key: string, options?: VersionOption): Reply<S, string[]> {
    return this.send<string[]>(() => read('HKEYS', [this.keyOf(key, options)], replies.names));
  }

  /** All values. Redis: `HVALS`. @example const users = await cache.hvals<User>('users'); */
  hvals<T = unknown>(key: string, options?: VersionOption): Reply<S, T[]> {
    return this.send<T[]>(() => {
      const owner = this.keyOf(key, options);
      return read('HVALS', [owner], replies.fieldValues<T>(owner));
    });
  }

  /** Whether the field is there. Redis: `HEXISTS`. @example await cache.hexists('user:1', 'email'); */
  hexists(key: string, field: string, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => read('HEXISTS', [this.keyOf(key, options), fieldArgument(field)], replies.boolean));
  }

  /** Deletes fields; returns how many existed. Redis: `HDEL`. @example await cache.hdel('user:1', 'email'); */
  hdel(key: string, ...fields: string[]): Reply<S, number> {
    return this.send<number>(() => {
      const [owner, names] = [this.keyOf(key), fields.map(fieldArgument)];
      if (names.length === 0) return new Known(0);
      return inParts(names, (part) => write('HDEL', [owner, ...part], replies.integer), sum);
    });
  }

  /** The number of fields. Redis: `HLEN`. @example const count = await cache.hlen('users'); */
  hlen(key: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => read('HLEN', [this.keyOf(key, options)], replies.integer));
  }

  /**
   * Adds an integer to a field (a missing one counts as 0); returns the new number. Redis: `HINCRBY`.
   *
   * @throws WrongTypeError if the field holds no integer
   * @throws RangeError if the sum is beyond the safe integers
   * @example const left = await cache.hincrby('stock', 'chair', -1);
   */
  hincrby(key: string, field: string, amount = 1, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() =>
      write(
        'HINCRBY',
        [this.keyOf(key, options), fieldArgument(field), integerArgument(amount, 'amount')],
        replies.integer,
      ),
    );
  }

  /**
   * Adds a number to a field (a missing one counts as 0); returns the new number. Redis: `HINCRBYFLOAT`.
   *
   * @throws WrongTypeError if the field holds no number
   * @example const total = await cache.hincrbyfloat('totals', 'eur', 9.99);
   */
  hincrbyfloat(key: string, field: string, amount: number, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() =>
      write(
        'HINCRBYFLOAT',
        [this.keyOf(key, options), fieldArgument(field), floatArgument(amount, 'amount')],
        replies.float,
      ),
    );
  }

  /**
   * One page of the fields and values, without the values with `noValues`; start with cursor `'0'`, go on with the
   * cursor of the answer until it is `'0'`. Redis: `HSCAN`.
   * @example const { cursor, fields } = await cache.hscan<User>('users', '0', { match: 'a*', count: 100 });
   */
  hscan(key: string, cursor: string | number, options: HscanOptions & NoValues): Reply<S, FieldNamesPage>;
  hscan<T = unknown>(key: string, cursor: string | number, options?: HscanOptions): Reply<S, FieldsPage<T>>;
  hscan(key: string, cursor: string | number, options?: HscanOptions): Reply<S, unknown> {
    return this.send<unknown>(() => {
      const owner = this.keyOf(key, options, hscanNames);
      const args = [owner, ...scanArguments(cursor, options)];
      return options?.noValues ? scanNamesOnly(args) : read<unknown>('HSCAN', args, fieldsPage(owner));
    });
  }
}

const fieldsPage = (key: Key): ReplyShape<FieldsPage<unknown>> =>
  replies.scanned(replies.mapping<unknown>(key), (cursor, fields) => ({ cursor, fields }));
const namesPage = replies.scanned(replies.names, (cursor, fields) => ({ cursor, fields }));

/** Older servers send the values, too, which are then ignored. */
function scanNamesOnly(args: readonly Argument[]): Command<unknown> {
  return {
    ...read<unknown>('HSCAN', [...args, 'NOVALUES'], namesPage),
    since: { redis: '7.4', valkey: '8.0' },
    otherwise: read<unknown>(
      'HSCAN',
      args,
      replies.scanned(replies.everyOtherName, (cursor, fields) => ({ cursor, fields })),
    ),
  };
}

function setFields<T>(owner: Key, mapping: object, reply: ReplyShape<T>, whenEmpty: T): Step<T> {
  const pairs = pairsOf<string, unknown>(mapping);
  if (pairs.length === 0) return new Known(whenEmpty);
  const items = pairs.flatMap(([field, value]) => [fieldArgument(field), new Value(value)]);
  return inParts(items, (part) => write('HSET', [owner, ...part], reply), sum, 2);
}

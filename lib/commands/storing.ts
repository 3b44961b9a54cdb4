import { textArgument } from '../arguments/arguments.js';
import { expiry } from '../arguments/expiry.js';
import type { NamesOf } from '../arguments/option-names.js';
import type { Timeout } from '../arguments/timeout.js';
import type { VersionOption } from '../arguments/version.js';
import { type Argument, type Command, type Key, write } from '../command-model/command.js';
import * as replies from '../command-model/replies.js';
import { addCommand, addOrGetCommand } from '../entries/add.js';
import { bufferOf, type StampedeOption, stampedeOf } from '../entries/early-recomputation.js';
import { previousOf } from '../entries/entry-replies.js';
import { deleteIfEqualCommand, setIfEqualCommand } from '../entries/if-equal.js';
import { overwriteCommand } from '../entries/overwrite.js';
import { absent, presence } from '../entries/presence.js';
import { assertStorable } from '../codec/storable.js';
import { storeCommand, valueToStore } from '../entries/store.js';
import { expireCommand, expiryIn } from '../entries/touch.js';
import { entryTags } from '../tags/tag-arguments.js';
import type { CommandDefaults } from './command-group.js';
import { touchNames } from './key.commands.js';

/** How `set` writes. @publicApi */
export interface SetOptions extends VersionOption, StampedeOption {
  /** Seconds, a duration (`'5m'`), `null` for never; the module's `timeout` by default. */
  readonly timeout?: Timeout;
  /** Write only if the key does not exist. */
  readonly nx?: boolean;
  /** Write only if the key exists. */
  readonly xx?: boolean;
  /** Return the previous value instead of whether it was written. */
  readonly get?: boolean;
  /** Keep the key's time to live. */
  readonly keepTtl?: boolean;
  /** The value is valid until `invalidateTags` invalidates one of them. */
  readonly tags?: readonly string[];
  /** The value is text, stored unchanged: for `append`, for other programs, for `get` with `raw: true`. */
  readonly raw?: boolean;
}

/** How `setIfEqual` writes. @publicApi */
export type SetIfEqualOptions = Omit<SetOptions, 'nx' | 'xx' | 'get' | 'raw'>;

/** How `add` writes. @publicApi */
export type AddOptions = Omit<SetOptions, 'nx' | 'xx' | 'get'>;

export const storingNames: NamesOf<Pick<SetOptions, 'version' | 'stampede' | 'timeout' | 'tags'>> = {
  ...touchNames,
  timeout: true,
  tags: true,
};
export const setIfEqualNames: NamesOf<SetIfEqualOptions> = { ...storingNames, keepTtl: 'flag' };
export const addNames: NamesOf<AddOptions> = { ...setIfEqualNames, raw: 'flag' };
export const setNames: NamesOf<SetOptions> = { ...addNames, nx: 'flag', xx: 'flag', get: 'flag' };

/** `SET` with these options. */
export function setCommand(key: Key, value: unknown, options: SetOptions, defaults: CommandDefaults): Command<unknown> {
  const { nx = false, xx = false, get = false, keepTtl = false } = options;
  if (nx && xx) throw new TypeError('set takes nx or xx, not both');
  const { stored, ms } = options.raw ? textOf(value, options, defaults) : entryOf(key, value, options, defaults);
  if (ms === 0) return expireAtOnce(key, { nx, xx, get });
  if (!nx && !xx && !get && !keepTtl) return storeCommand(key, stored, ms);
  if (nx) return get ? addOrGetCommand({ key, stored, ms }) : addCommand({ key, stored, ms });
  return overwriteCommand({ key, stored, ms, xx, get, keepTtl });
}

/** The effect of `SET` with a timeout of 0: the key ends up absent if the conditions allow it. */
function expireAtOnce(key: Key, { nx, xx, get }: Record<'nx' | 'xx' | 'get', boolean>): Command<unknown> {
  if (get) return nx ? previousOf('GET', 'read', [key]) : previousOf('GETDEL', 'write', [key]);
  if (nx) return presence<unknown>(key, (ttlMs) => ttlMs === absent);
  return xx ? expireCommand(key, expiryIn(0)) : write<unknown>('UNLINK', [key], replies.always);
}

/** `SET` if the stored value is the expected one. */
export function setIfEqual(
  key: Key,
  value: unknown,
  expected: unknown,
  options: SetIfEqualOptions,
  defaults: CommandDefaults,
): Command<boolean> {
  const { stored, ms } = entryOf(key, value, options, defaults);
  if (ms === 0) return deleteIfEqualCommand(key, expected);
  return setIfEqualCommand({ key, stored, ms, keepTtl: options.keepTtl ?? false }, expected);
}

interface Stored {
  readonly stored: Argument;
  /** `null` is never. */
  readonly ms: number | null;
}

/** The stored form of a value, and its time to live. */
function entryOf({ version }: Key, value: unknown, options: SetIfEqualOptions, defaults: CommandDefaults): Stored {
  const logicalMs = lifeOf(options, defaults);
  const tags = options.tags ? entryTags(options.tags, version) : [];
  const stampede = stampedeOf(options, defaults.stampede);
  if (logicalMs === 0) assertStorable(value);
  const bufferMs = bufferOf(value, logicalMs, stampede);
  const ms = logicalMs && logicalMs + bufferMs;
  return { stored: valueToStore(value, tags, bufferMs, ms), ms };
}

/** Plain text has no tags. */
function textOf(value: unknown, options: SetOptions, defaults: CommandDefaults): Stored {
  if (options.tags?.length) throw new TypeError('set takes raw or tags, not both: plain text has no room for tags');
  if (options.get) throw new TypeError('set takes raw or get, not both');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the check itself reports anything but a string
  return { stored: textArgument(value as string, 'A raw value'), ms: lifeOf(options, defaults) };
}

function lifeOf({ timeout, keepTtl }: SetIfEqualOptions, defaults: CommandDefaults): number | null {
  if (keepTtl && timeout !== undefined) throw new TypeError('set takes timeout or keepTtl, not both');
  return keepTtl ? null : expiry(timeout, defaults.timeoutMs);
}

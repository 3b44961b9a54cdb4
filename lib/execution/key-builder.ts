import { type Place, ScopedVersion, versionAt } from '../arguments/scope.js';
import { checkVersion, type OwnSpace, RESERVED } from '../arguments/version.js';
import { errorText } from '../errors/error-text.js';
import type { Key } from '../command-model/command.js';
import { bytesOfName, nameOf } from '../arguments/names.js';
import type { WireArgument } from '../wire/connection-pool.js';
import { ConfigError, NotSupportedError } from '../errors/index.js';
import type { KeyFunction } from '../options/key-function.js';

/** A key that no user would write, to see what `make` puts around a key. */
const probe = '\u0001cachex-key\u0001';

/** Translates between keys as users write them and keys as the server sees them. */
export class KeyBuilder {
  private readonly heads = new Map<Place, string>();
  /** The beginning of the library's own keys. */
  private readonly ownHeads: readonly string[];

  constructor(
    readonly prefix: string,
    private readonly custom?: KeyFunction,
  ) {
    this.ownHeads = Array.from(RESERVED, (space) => `${prefix}:${space}:`);
  }

  /** Built once, no matter how often slots, arguments and local copies ask for it. */
  wire(key: Key): WireArgument {
    return (key.wire ??= this.build(key));
  }

  private build(key: Key): WireArgument {
    const wire = this.plainName(key);
    return key.isEscaped && !wire.isWellFormed() ? bytesOfName(wire, 'A key') : wire;
  }

  /** One of the library's own keys; `part` is that of the scope that it is of. */
  ownName(space: OwnSpace, name: string, part?: string): string {
    return part === undefined ? `${this.prefix}:${space}:${name}` : `${this.prefix}:${part}:${space}:${name}`;
  }

  /** {@link wire} as text, which is unique for every key. */
  wireName(key: Key): string {
    const wire = this.wire(key);
    return typeof wire === 'string' ? wire : nameOf(wire);
  }

  private plainName({ name, version, isEscaped }: Key): string {
    const head = this.heads.get(version) ?? this.head(version);
    if (!this.custom) return head + name;
    const made: unknown = this.make(name, version);
    if (typeof made !== 'string' || made === '' || !(made.isWellFormed() || isEscaped)) {
      throw new TypeError('keyFunction.make must return a non-empty string of well-formed Unicode');
    }
    if (this.isOwn(made))
      throw new TypeError('keyFunction.make returned a key that is reserved for the library: add a part to it');
    return this.scopeHead(version) + made;
  }

  /** The user's key behind a wire key of the given version; `undefined` for any other key. */
  userKey(wire: string, version: Place): string | undefined {
    if (this.custom) {
      const scope = this.scopeHead(version);
      const made = wire.slice(scope.length);
      if (!wire.startsWith(scope) || this.isOwn(made)) return undefined;
      const { key, version: its } = this.reverse(made) ?? {};
      return typeof key === 'string' && String(its) === String(versionAt(version)) ? key : undefined;
    }
    const head = this.head(version);
    return wire.startsWith(head) ? wire.slice(head.length) : undefined;
  }

  /** The pattern for the server: the user's pattern, with everything around it taken literally. */
  pattern(pattern: string, version: Place): string {
    if (!this.custom) return escapeGlob(this.head(version)) + pattern;
    const scope = escapeGlob(this.scopeHead(version));
    const plain = checkVersion(versionAt(version));
    if (this.custom.pattern) return scope + this.custom.pattern(pattern, this.prefix, plain);
    const parts = String(this.make(probe, plain)).split(probe);
    if (parts.length !== 2) {
      throw new NotSupportedError(
        'Keys can be searched only if keyFunction has a pattern, or its make leaves the key as it is',
      );
    }
    return scope + escapeGlob(parts[0]!) + pattern + escapeGlob(parts[1]!);
  }

  private make(name: string, version: Place): unknown {
    try {
      return this.custom!.make(name, this.prefix, versionAt(version));
    } catch (cause) {
      throw keyFunctionError('make', cause);
    }
  }

  /** `undefined` for an unknown key, which a pattern may have found. */
  private reverse(wire: string): Partial<ReturnType<KeyFunction['reverse']>> | undefined {
    try {
      return this.custom!.reverse(wire);
    } catch (cause) {
      throw keyFunctionError('reverse', cause);
    }
  }

  /** A key of a lock, a semaphore or a tag. No version puts a user's key there, but a key function might. */
  private isOwn(wire: string): boolean {
    return this.ownHeads.some((head) => wire.startsWith(head));
  }

  /**
   * What stands before all that a key function makes for a scope: an empty part, so that whatever it makes is no key of a
   * lock or tag of that scope.
   */
  private scopeHead(version: Place): string {
    return version instanceof ScopedVersion ? `${this.prefix}:${version.part}::` : '';
  }

  private head(version: Place): string {
    if (version instanceof ScopedVersion) return `${this.prefix}:${version.toString()}:`;
    const known = this.heads.get(version);
    if (known !== undefined) return known;
    const head = `${this.prefix}:${checkVersion(version)}:`;
    // A program has few versions; one that makes up new ones all the time must not fill the memory.
    if (this.heads.size >= 1000) this.heads.clear();
    this.heads.set(version, head);
    return head;
  }
}

/** Escapes a name so that a pattern matches it literally. */
export function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

/** A type that no connection throws: such an error would be taken for an outage. */
const keyFunctionError = (method: string, cause: unknown): ConfigError =>
  new ConfigError(`keyFunction.${method} threw: ${errorText(cause)}`, { cause });

import { ScopeError } from '../errors/index.js';
import { checkVersion, type Version } from './version.js';

/** A version within one scope. */
export class ScopedVersion {
  readonly version: Version;
  /** The part between prefix and version: `scope:acme`. */
  readonly part: string;

  constructor(
    readonly scope: string,
    version: Version,
  ) {
    this.version = checkVersion(version);
    this.part = `scope:${escapeScope(scope)}`;
  }

  /** Between the prefix and the key, and in messages. */
  toString(): string {
    return `${this.part}:${this.version}`;
  }
}

/** What a name identifies: a version, or a scope. */
export type Place = Version | ScopedVersion;

/** The name of the scope. */
export const partOf = (place: Place): string | undefined => (place instanceof ScopedVersion ? place.part : undefined);

export const versionAt = (place: Place): Version => (place instanceof ScopedVersion ? place.version : place);

/** Another version of the same scope. */
export function inScopeOf(place: Place, version: Version): Place {
  return place instanceof ScopedVersion ? new ScopedVersion(place.scope, version) : version;
}

/** The scope that calls belong to. */
export interface Scoping {
  /** @throws ScopeError if there is none */
  readonly name: string;
  place(version: Version): ScopedVersion;
}

/** A fixed scope. */
export class FixedScope implements Scoping {
  constructor(readonly name: string) {
    if (typeof name !== 'string') throw new ScopeError('The name of a scope must be a string');
  }

  place(version: Version): ScopedVersion {
    return new ScopedVersion(this.name, version);
  }
}

/** The scope that the application names, asked at every call. */
export class CurrentScope implements Scoping {
  private last: ScopedVersion | undefined;

  constructor(private readonly ask: () => string | undefined) {}

  get name(): string {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the application's answer is checked below
    const name = this.ask() as unknown;
    if (typeof name === 'string') return name;
    throw new ScopeError(
      name === undefined || name === null
        ? 'There is no scope: the option scope returned undefined. Call this where a tenant is known, or through ' +
            'cache.unscoped() or cache.withScope(name)'
        : `The option scope must return a string or undefined, not ${typeof name}`,
    );
  }

  place(version: Version): ScopedVersion {
    const { name, last } = this;
    if (last?.scope === name && last.version === version) return last;
    return (this.last = new ScopedVersion(name, version));
  }
}

const separators = /[%:{}\0\ud800-\udfff]/gu;

/**
 * The code of a scope, unique as part of a key: without a colon, which would end it; without braces, which would choose
 * the slot of a cluster; without characters that have no bytes. No code is the prefix of another.
 */
function escapeScope(scope: string): string {
  return scope.replace(separators, (sign) => `%${sign.codePointAt(0)!.toString(16).padStart(2, '0')}`);
}

const mark = '\0';

/** The tag of a scope, as stamps know it: no tag that a user can name equals it. */
export function scopedTag(tag: string, place: Place): string {
  return place instanceof ScopedVersion ? `${mark}${place.part}${mark}${tag}` : tag;
}

/** Whether a tag looks like one of a scope. */
export const isMarked = (tag: string): boolean => tag.startsWith(mark);

/** Splits such a tag again; a tag without a scope stays whole. */
export function tagParts(tag: string): { part?: string; name: string } {
  const end = isMarked(tag) ? tag.indexOf(mark, 1) : -1;
  return end < 0 ? { name: tag } : { part: tag.slice(1, end), name: tag.slice(end + 1) };
}

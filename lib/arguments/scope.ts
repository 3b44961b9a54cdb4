import { ScopeError } from '../errors/index.js';
import { checkVersion, type Version } from './version.js';

/** A version of what one scope has for itself. */
export class ScopedVersion {
  readonly version: Version;
  /** What stands between prefix and version: `scope:acme`. */
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

/** Where a name is meant: a version, or that of a scope. */
export type Place = Version | ScopedVersion;

/** Of the scope. */
export const partOf = (place: Place): string | undefined => (place instanceof ScopedVersion ? place.part : undefined);

export const versionAt = (place: Place): Version => (place instanceof ScopedVersion ? place.version : place);

/** Another version of the same scope. */
export function inScopeOf(place: Place, version: Version): Place {
  return place instanceof ScopedVersion ? new ScopedVersion(place.scope, version) : version;
}

/** Which scope calls are meant in. */
export interface Scoping {
  /** @throws ScopeError where there is none */
  readonly name: string;
  place(version: Version): ScopedVersion;
}

/** Always the same one. */
export class FixedScope implements Scoping {
  constructor(readonly name: string) {
    if (typeof name !== 'string') throw new ScopeError('The name of a scope must be a string');
  }

  place(version: Version): ScopedVersion {
    return new ScopedVersion(this.name, version);
  }
}

/** The one that the application says, at every call. */
export class CurrentScope implements Scoping {
  private last: ScopedVersion | undefined;

  constructor(private readonly ask: () => string | undefined) {}

  get name(): string {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the application gives is looked at first
    const name = this.ask() as unknown;
    if (typeof name === 'string') return name;
    throw new ScopeError(
      name === undefined || name === null
        ? 'There is no scope: the option scope gave undefined. Call this where a tenant is known, or through ' +
            'cache.unscoped() or cache.withScope(name)'
        : `The option scope must give a string or undefined, not ${typeof name}`,
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
 * A scope so that no two are the same part of a key: without a colon, which ends it; without braces, which would choose the
 * slot of a cluster; and without what has no bytes. No code is the beginning of another.
 */
function escapeScope(scope: string): string {
  return scope.replace(separators, (sign) => `%${sign.codePointAt(0)!.toString(16).padStart(2, '0')}`);
}

const mark = '\0';

/** A tag of a scope, as stamps know it: no tag that a user can name is the same. */
export function scopedTag(tag: string, place: Place): string {
  return place instanceof ScopedVersion ? `${mark}${place.part}${mark}${tag}` : tag;
}

/** Whether a tag looks like one of a scope. */
export const isMarked = (tag: string): boolean => tag.startsWith(mark);

/** Takes a tag apart again; without a part where it is of no scope. */
export function tagParts(tag: string): { part?: string; name: string } {
  const end = isMarked(tag) ? tag.indexOf(mark, 1) : -1;
  return end < 0 ? { name: tag } : { part: tag.slice(1, end), name: tag.slice(end + 1) };
}

import type { NamesOf } from './option-names.js';

/** The version part of a key on the wire. @publicApi */
export type Version = number | string;

/** Calls may name the version they apply to. @publicApi */
export interface VersionOption {
  /** Overrides the version of the module or the view. */
  readonly version?: Version;
}

/** Calls with a source and a destination. @publicApi */
export interface TwoKeyOptions extends VersionOption {
  /** Version of the source key; `version` by default. */
  readonly versionSrc?: Version;
  /** Version of the destination key; `version` by default. */
  readonly versionDst?: Version;
}

export const versionNames = { version: true } as const satisfies NamesOf<VersionOption>;
export const twoKeyNames: NamesOf<TwoKeyOptions> = { ...versionNames, versionSrc: true, versionDst: true };

/**
 * Keys and channels under `${keyPrefix}:lock:` and similar belong to the library: `clear()` must not touch them. Those
 * under `${keyPrefix}:scope:` belong to scopes.
 */
export type OwnSpace = 'lock' | 'own' | 'sem' | 'tag' | 'wake';

export const RESERVED: ReadonlySet<string> = new Set<OwnSpace | 'scope'>([
  'lock',
  'own',
  'scope',
  'sem',
  'tag',
  'wake',
]);

/**
 * Checks that a version can be part of a key: an integer, or a non-empty string without `:` that is no reserved word.
 *
 * @throws TypeError if it cannot
 */
export function checkVersion(version: unknown, what = 'version'): Version {
  if (typeof version === 'number') {
    if (Number.isSafeInteger(version)) return version;
  } else if (typeof version === 'string' && version !== '' && !version.includes(':')) {
    if (!version.isWellFormed()) throw new TypeError(`${what} must be well-formed Unicode`);
    if (!RESERVED.has(version)) return version;
    throw new TypeError(`${what} must not be '${version}': keys under that name are reserved for the library`);
  }
  throw new TypeError(`${what} must be an integer or a non-empty string without ':'`);
}

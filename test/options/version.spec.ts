import { describe, expect, it } from 'vitest';

import { checkVersion } from '../../lib/arguments/version.js';

describe('checkVersion', () => {
  it.each([1, 0, -3, Number.MAX_SAFE_INTEGER, 'v2', '2024-01', 'locks', '{tag}', 'a*'])('gives %j back', (version) => {
    expect(checkVersion(version)).toBe(version);
  });

  it.each([NaN, Infinity, 1.5, 2 ** 53, '', 'a:b', ':', null, undefined, true, 1n, {}, ['v']])(
    'refuses %o',
    (version) => {
      expect(() => checkVersion(version, 'versionSrc')).toThrow(
        new TypeError("versionSrc must be an integer or a non-empty string without ':'"),
      );
    },
  );

  it('refuses half a surrogate pair: two of them could be one on the server', () => {
    expect(() => checkVersion('\ud83c')).toThrow(new TypeError('version must be well-formed Unicode'));
  });

  it.each(['lock', 'own', 'sem', 'tag', 'wake'])(
    'refuses %j, under which the library keeps its own keys',
    (version) => {
      expect(() => checkVersion(version)).toThrow(
        new TypeError(`version must not be '${version}': keys under that name are reserved for the library`),
      );
    },
  );
});

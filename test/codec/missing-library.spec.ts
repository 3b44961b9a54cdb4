import * as zlib from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { requireOptional } from '../../lib/errors/optional-package.js';
import { createCodec } from '../../lib/codec/index.js';
import { ConfigError } from '../../lib/errors/index.js';
import { failure } from './stored.js';

vi.mock('node:module', () => ({
  createRequire: () => (name: string) => {
    if (name === 'here') return { installed: true };
    throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
  },
}));

describe('a compressor whose library is not installed', () => {
  it('stops the start with installation instructions', () => {
    expect(() => createCodec({ compressor: ['gzip', 'lz4'] })).toThrow(ConfigError);
    expect(() => createCodec({ compressor: 'lz4' })).toThrow(
      'The compressor lz4 needs the package lz4-napi, which cannot be loaded: npm install lz4-napi',
    );
  });

  it.skipIf('zstdCompressSync' in zlib)('is zstd where Node.js has none', () => {
    expect(() => createCodec({ compressor: 'zstd' })).toThrow(/npm install @toondepauw\/node-zstd\. See/);
  });

  it('is not needed if nobody uses it', () => {
    expect(() => createCodec({ compressor: ['zlib', 'gzip', 'brotli'] })).not.toThrow();
  });

  it('has the reason as its cause', async () => {
    expect(requireOptional('here', 'A test needs')).toStrictEqual({ installed: true });
    expect(await failure(() => requireOptional('there', 'A test needs'))).toMatchObject({
      message: expect.stringContaining('A test needs the package there, which cannot be loaded: npm install there'),
      cause: { code: 'MODULE_NOT_FOUND' },
    });
  });
});

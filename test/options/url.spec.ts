import { inspect } from 'node:util';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ConfigError } from '../../lib/errors/index.js';
import { MemoryConnection, parseConnectionUrl, StandaloneConnection } from '../../lib/options/index.js';
import { thrownBy } from './thrown-by.js';

const local = { type: 'standalone', host: 'localhost', port: 6379 };

describe('parseConnectionUrl', () => {
  it.each<[string, object]>([
    ['redis://', local],
    ['redis://localhost', local],
    ['REDIS://localhost/', local],
    ['redis://localhost:7000\n', { ...local, port: 7000 }],
    ['valkey://cache.internal', { ...local, host: 'cache.internal' }],
    ['rediss://cache', { ...local, host: 'cache', tls: true }],
    ['valkeys://cache', { ...local, host: 'cache', tls: true }],
    ['redis://[::1]', { ...local, host: '::1' }],
    ['redis://:pw@[fe80::1]:7000/3', { ...local, host: 'fe80::1', port: 7000, password: 'pw', db: 3 }],
    ['redis://user:pw@h', { ...local, host: 'h', username: 'user', password: 'pw' }],
    ['redis://user@h', { ...local, host: 'h', username: 'user' }],
    ['redis://:pw@h', { ...local, host: 'h', password: 'pw' }],
    ['redis://us%40er:p%2Fw%3A%25@h', { ...local, host: 'h', username: 'us@er', password: 'p/w:%' }],
    ['redis://:p@w@h', { ...local, host: 'h', password: 'p@w' }],
    ['redis://h/2', { ...local, host: 'h', db: 2 }],
    ['redis:///2', { ...local, db: 2 }],
    ['redis://h?db=2', { ...local, host: 'h', db: 2 }],
    ['redis://h/2?db=2', { ...local, host: 'h', db: 2 }],
    ['redis://h/0', { ...local, host: 'h', db: 0 }],
    [
      'redis://h?connectTimeout=250ms&commandTimeout=1.5&maxConnections=10&poolSize=2&connect=eager',
      {
        ...local,
        host: 'h',
        connectTimeout: '250ms',
        commandTimeout: 1.5,
        maxConnections: 10,
        poolSize: 2,
        connect: 'eager',
      },
    ],
    ['unix:///run/redis.sock', { type: 'standalone', path: '/run/redis.sock' }],
    ['unix:///run/my%20redis.sock?db=1', { type: 'standalone', path: '/run/my redis.sock', db: 1 }],
    ['unix://user:pw@/r.sock', { type: 'standalone', path: '/r.sock', username: 'user', password: 'pw' }],
    ['memory://', { type: 'memory' }],
    ['memory://my_Cache', { type: 'memory', name: 'my_Cache' }],
    ['memory://a%20b', { type: 'memory', name: 'a b' }],
    [
      'memory://?maxEntries=10&maxBytes=2048&policy=lfu',
      { type: 'memory', maxEntries: 10, maxBytes: 2048, policy: 'lfu' },
    ],
  ])('reads %j', (url, expected) => {
    const connection = parseConnectionUrl(url);
    expect(connection).toBeInstanceOf(url.startsWith('memory') ? MemoryConnection : StandaloneConnection);
    expect(connection).toEqual(expected);
  });

  const percent = 'connection must be a valid URL, with reserved characters in user and password percent-encoded';
  const scheme = 'connection must start with redis://, valkey://, rediss://, valkeys://, unix://, memory://';
  it.each<[string, string]>([
    ['', scheme],
    ['localhost:6379', scheme],
    ['http://localhost', scheme],
    ['redis:localhost', scheme],
    ['secret:pw@host', scheme],
    ['redis://h:99999', percent],
    ['redis://a b', percent],
    ['redis://h:port', percent],
    ['redis://a,b:6380', 'connection must name one host: list several as nodes of a cluster, or as sentinels'],
    ['redis://:pw@', percent],
    ['redis://:12/secret@h', percent],
    ['redis://u:12/secret@h', percent],
    ['redis://u:12?secret@h', percent],
    ['redis://u:12#secret@h', percent],
    ['redis://h#secret', percent],
    ['unix://u:12/secret@/r.sock', percent],
    ['redis://:%zz@h', 'connection must be a valid URL: a % in it is not followed by two hexadecimal digits'],
    ['redis://h/one', 'connection.db must be an integer number'],
    ['redis://h/1/2', 'connection.db must be an integer number'],
    ['redis://h/-1', 'connection.db must not be less than 0'],
    ['redis://h:0', 'connection.port must not be less than 1'],
    ['redis://h/1?db=2', 'connection must not name two databases, one in the path and another as ?db'],
    [
      'redis://h?password=secret',
      'connection has an unknown parameter password; known: connectTimeout, commandTimeout, maxConnections, poolSize, connect, db',
    ],
    ['redis://h?db=1&db=2', 'connection has the parameter db twice'],
    ['redis://h?poolSize=0', 'connection.poolSize must not be less than 1'],
    ['redis://h?poolSize=two', 'connection.poolSize must be an integer number'],
    ['redis://h?poolSize=', 'connection.poolSize must be an integer number'],
    ['redis://h?connect=lazy', 'connection.connect must be one of the following values: eager, background'],
    ['redis://h?connectTimeout=0', 'connection.connectTimeout must be longer than 0'],
    [
      'redis://h?poolSize=0&connect=lazy',
      'connection.poolSize must not be less than 1\nconnection.connect must be one of the following values: eager, background',
    ],
    ['unix://run/redis.sock', 'connection must name the path of a socket after three slashes: unix:///path/to.sock'],
    ['unix://', 'connection must name the path of a socket after three slashes: unix:///path/to.sock'],
    ['unix:///', 'connection must name the path of a socket after three slashes: unix:///path/to.sock'],
    ['memory://name/1', 'connection must have a name only after memory://'],
    ['memory://name:1', 'connection must have a name only after memory://'],
    ['memory://u:p@name', 'connection must have a name only after memory://'],
    [
      'memory://name?db=1',
      'connection has an unknown parameter db; known: connectTimeout, commandTimeout, maxConnections, poolSize, connect, maxEntries, maxBytes, policy',
    ],
  ])('refuses %j', (url, message) => {
    expect(() => parseConnectionUrl(url)).toThrow(new ConfigError(message));
  });

  it('names the option', () => {
    expect(() => parseConnectionUrl('http://h', 'REDIS_URL')).toThrow(/^REDIS_URL must start with /);
    expect(() => parseConnectionUrl('redis://h?poolSize=0', 'REDIS_URL')).toThrow(/^REDIS_URL\.poolSize must /);
  });

  const text = fc.string({ unit: 'grapheme', minLength: 1 });
  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.constant('::1'), fc.constant('2001:db8::7'));

  it('reads back user, password, host, port and database, whatever their characters', () => {
    fc.assert(
      fc.property(
        text,
        text,
        host,
        fc.integer({ min: 1, max: 65535 }),
        fc.nat(),
        (username, password, name, port, db) => {
          const at = name.includes(':') ? `[${name}]` : name;
          const url = `redis://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${at}:${port}/${db}`;
          const expected = { type: 'standalone', username, password, host: name, port, db };
          expect(parseConnectionUrl(url)).toEqual(expected);
        },
      ),
    );
  });

  it('never shows the password in an error, encoded or not', () => {
    const password = fc
      .string({ unit: fc.constantFrom(...'Zq7/?#@:%[]\\ &='.split('')), minLength: 8, maxLength: 12 })
      .filter((candidate) => /[Zq7]{3}/.test(candidate));
    const broken = fc.constantFrom('', ':99999', '/db', '?poolSize=none', '?nothing=1', '#x', '/1?db=2', ' x');
    fc.assert(
      fc.property(password, broken, fc.boolean(), (secret, rest, encoded) => {
        const url = `rediss://user:${encoded ? encodeURIComponent(secret) : secret}@host${rest}`;
        const error = thrownBy(() => parseConnectionUrl(url));
        const told = inspect(error, { depth: null, showHidden: true });
        for (const [piece] of secret.matchAll(/[Zq7]{3,}/g)) expect(told).not.toContain(piece);
      }),
      { numRuns: 1000 },
    );
  });
});

import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import { ConfigError } from '../../lib/errors/index.js';
import {
  ClusterConnection,
  optionsFromEnv,
  parseConnectionUrl,
  resolveOptions,
  SentinelConnection,
  StandaloneConnection,
} from '../../lib/options/index.js';
import { CachexOptions } from '../../lib/options/cachex.options.js';
import { thrownBy } from './thrown-by.js';

const secret = 'hunter2';
const tls = { key: secret, pfx: secret, passphrase: secret, ca: 'certificate' };
const redisOptions = { password: secret, sentinelPassword: secret, tls, connectionName: 'shop' };
const standalone = { host: 'h', username: 'user', password: secret, tls, redisOptions };
const sentinel = {
  name: 'm',
  sentinels: ['s'],
  password: secret,
  sentinelPassword: secret,
  sentinelTls: tls,
  redisOptions,
};
const cluster = { nodes: [`redis://:${secret}@n`], redisOptions: { redisOptions } };

const shown: [string, object][] = [
  ['resolved options from a URL', resolveOptions({ connection: `redis://:${secret}@h` })],
  ['resolved options of a standalone server', resolveOptions({ connection: standalone })],
  ['resolved options of Sentinels', resolveOptions({ connection: sentinel })],
  ['resolved options of a cluster', resolveOptions({ connection: cluster })],
  ['a resolved connection', resolveOptions({ connection: standalone }).connection],
  ['the connection of a URL', parseConnectionUrl(`redis://:${secret}@h`)],
  ['a StandaloneConnection', Object.assign(new StandaloneConnection(), standalone)],
  ['a StandaloneConnection with a URL', Object.assign(new StandaloneConnection(), { url: `redis://:${secret}@h` })],
  ['a SentinelConnection', Object.assign(new SentinelConnection(), sentinel)],
  ['a ClusterConnection', Object.assign(new ClusterConnection(), cluster)],
  ['CachexOptions with a URL', Object.assign(new CachexOptions(), { connection: `redis://:${secret}@h` })],
  ['CachexOptions with a literal', Object.assign(new CachexOptions(), { connection: standalone })],
  ['options from a URL in the environment', optionsFromEnv({ CACHEX_URL: `redis://:${secret}@h` })],
  [
    'options from passwords in the environment',
    optionsFromEnv({
      CACHEX_SENTINELS: 's',
      CACHEX_SENTINEL_NAME: 'm',
      CACHEX_PASSWORD: secret,
      CACHEX_SENTINEL_PASSWORD: secret,
    }),
  ],
];

describe('Passwords', () => {
  it.each(shown)('of %s do not appear when it is printed', (_, options) => {
    for (const text of [
      inspect(options, { depth: null }),
      inspect({ options }, { depth: 10 }),
      JSON.stringify(options),
    ]) {
      expect(text).not.toContain(secret);
      expect(text).toContain('[hidden]');
    }
  });

  it('are available to connections', () => {
    const { connection } = resolveOptions({ connection: sentinel });
    expect(connection).toMatchObject({ password: secret, sentinelPassword: secret, sentinelTls: tls, redisOptions });
    expect({ ...connection }).toMatchObject({ password: secret });
  });

  it('hide nothing else', () => {
    const { connection } = resolveOptions({ connection: standalone });
    expect(inspect(connection)).toContain("host: 'h'");
    expect(JSON.parse(JSON.stringify(connection))).toMatchObject({
      username: 'user',
      password: '[hidden]',
      tls: { key: '[hidden]', ca: 'certificate' },
      redisOptions: { connectionName: 'shop' },
    });
  });

  it.each<[string, unknown]>([
    ['a typo beside a password', { ...standalone, hots: 'h' }],
    ['two passwords', { ...cluster, password: 'other' }],
    ['a URL with a bad parameter', { url: `redis://:${secret}@h?poolSize=none` }],
    ['a broken URL', { url: `redis://:${secret}@h:99999` }],
    ['a password that is none', { host: 'h', password: [secret] }],
    ['a URL that is none', { url: { password: secret } }],
    ['a URL as the kind', { type: `redis://:${secret}@h` }],
  ])('do not appear in the error about %s', (_, connection) => {
    const error = thrownBy(() => resolveOptions({ connection } as CachexOptions));
    expect(error).toBeInstanceOf(ConfigError);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(secret);
  });
});

import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { errorText } from '../../errors/error-text.js';
import { type CachexOptions, optionsFromEnv } from '../../index.js';
import type { ProgramCommand } from '../program/program-command.js';
import { Password } from './password.js';
import { startAdminPage } from './start-admin-page.js';

const help = `Usage: nest-cachex admin --url redis://127.0.0.1:6379 [options]

Serves the admin page on 127.0.0.1 for a server without an application, behind a password that it prints.

  --url <url>             redis://, rediss://, or memory://; instead of CACHEX_URL
  --port <port>           the port of the page (default: a free one)
  --key-prefix <prefix>   shows one cache (default: all keys, by their names on the server)
  --cache-version <v>     the version of its keys (1)
  --read-only             refuses all changes
  --flush                 allows flushing the database

The CACHEX_* variables set everything else: Sentinel, cluster nodes, credentials, serializers.
NEST_CACHEX_ADMIN_PASSWORD sets the password. Other users of this machine can see the arguments of a process: keep
passwords in the variables CACHEX_PASSWORD or CACHEX_URL.`;

export const adminCommand: ProgramCommand = {
  help,
  async run(args) {
    const { port, readOnly, flush, connection } = parse(args);
    const password = new Password(process.env['NEST_CACHEX_ADMIN_PASSWORD']);
    const url = await startAdminPage({ connection, port, readOnly, flush, password });
    console.log(`${url}\n\nuser      admin\npassword  ${password.value}\n\nCtrl+C ends it.`);
  },
};

function parse(args: readonly string[]) {
  const { values } = readArguments(args);
  const port = Number(values.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not "${values.port}"`);
  }
  const { 'read-only': readOnly = false, flush = false } = values;
  return { port, readOnly, flush, connection: optionsOf(values) };
}

function readArguments(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { url: text, port: text, 'key-prefix': text, 'cache-version': text, 'read-only': flag, flush: flag };
  try {
    return parseArgs({ args: [...args], options });
  } catch (cause) {
    throw new Error(`${errorText(cause)}\n\n${help}`, { cause });
  }
}

type Values = ReturnType<typeof readArguments>['values'];

function optionsOf({ url, 'key-prefix': keyPrefix, 'cache-version': version }: Values): CachexOptions {
  const options = optionsFromEnv({
    ...process.env,
    ...(url !== undefined && { CACHEX_URL: url }),
    ...(keyPrefix !== undefined && { CACHEX_KEY_PREFIX: keyPrefix }),
    ...(version !== undefined && { CACHEX_VERSION: version }),
  });
  if (options.connection === undefined) {
    throw new Error('Name the server: nest-cachex admin --url redis://127.0.0.1:6379, or set CACHEX_URL');
  }
  const isOneCache = options.keyPrefix !== undefined || options.version !== undefined;
  return isOneCache ? options : Object.assign(options, { keyFunction: asOnTheServer });
}

/** Shows each key under its name on the server, whichever program wrote it. */
const asOnTheServer: CachexOptions['keyFunction'] = {
  make: (key) => key,
  reverse: (wire) => ({ key: wire, version: 1 }),
};

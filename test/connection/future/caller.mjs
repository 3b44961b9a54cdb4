// Calls of all kinds over a driver, in a separate process: reports whether each got its own answer, and the library's
// log.
import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { CachexModule, CachexService } from 'nest-cachex';

const { connections, prefix } = JSON.parse(process.argv[2]);
const said = [];
const wrong = [];
const note = (message) => said.push(String(message));
const logger = { log: note, warn: note, error: note, debug: note, verbose: note };

function expectSame(what, got, wanted) {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) wrong.push(`${what}: ${JSON.stringify(got)}`);
}

async function open(connection) {
  const module = await Test.createTestingModule({
    imports: [CachexModule.forRoot({ connection: { ...connection, commandTimeout: '20s' }, keyPrefix: prefix })],
  })
    .setLogger(logger)
    .compile();
  await module.init();
  return { module, cache: module.get(CachexService) };
}

async function call(cache, type) {
  const keys = Array.from({ length: 60 }, (_, n) => `k${n}`);
  await Promise.all(keys.map((key) => cache.set(key, key)));
  expectSame('get', await Promise.all(keys.map((key) => cache.get(key))), keys);
  expectSame('getMany', [...(await cache.getMany(keys)).values()], keys);
  expectSame('incr', (await Promise.all(keys.map(() => cache.incr('n')))).at(-1), 60);
  await cache.hset('h', { a: 1, b: 2 });
  expectSame('hgetall', Object.fromEntries(await cache.hgetall('h')), { a: 1, b: 2 });
  expectSame('pipeline', await cache.pipeline().get('k1').get('k2').incr('m').execute(), ['k1', 'k2', 1]);
  const inOne = cache.pipeline({ transaction: true }).set('{t}a', 1).get('{t}a').get('{t}b');
  expectSame('transaction', (await inOne.execute()).slice(1), [1, null]);
  const waiting = cache.blpop(['list'], '5s');
  const among = await Promise.all(keys.map((key) => cache.get(key)));
  await cache.rpush('list', 'x');
  expectSame('blpop', await waiting, ['list', 'x']);
  expectSame('get beside it', among, keys);
  const failed = await cache.incr('k1').then(
    () => 'none',
    (error) => error.name,
  );
  expectSame('error', failed === 'none' || failed === 'CommandTimeoutError' || failed === 'ConnectionError', false);
  const client = cache.getClient();
  const of = (key) => client.strlen(cache.makeKey(key));
  const mixed = await Promise.all([cache.get('k3'), of('k3'), cache.get('k4'), of('k4'), client.get(prefix + ':no')]);
  expectSame(
    'beside the user',
    [mixed[0], mixed[2], mixed[1] > 0, mixed[3] > 0, mixed[4]],
    ['k3', 'k4', true, true, null],
  );
  if (type === 'cluster') return;
  const underWay = keys.map((key) =>
    cache.get(key).then(
      (value) => value === key,
      (error) => error.name,
    ),
  );
  const id = await client.client('ID');
  await cache
    .getClient()
    .client('KILL', 'ID', id)
    .catch(() => undefined);
  const outcomes = await Promise.all(underWay);
  expectSame(
    'cut off',
    outcomes.filter((outcome) => outcome !== true && outcome !== 'ConnectionError'),
    [],
  );
  for (let n = 0; n < 50 && (await cache.get('k1').catch(() => 0)) !== 'k1'; n++);
  expectSame('after the cut', await Promise.all(keys.map((key) => cache.get(key))), keys);
}

for (const [type, connection] of Object.entries(connections)) {
  const { module, cache } = await open(connection);
  await call(cache, type).catch((error) => wrong.push(`${type}: ${error.stack}`));
  await module.close();
}
process.stdout.write(`\n@${JSON.stringify({ said, wrong })}\n`);

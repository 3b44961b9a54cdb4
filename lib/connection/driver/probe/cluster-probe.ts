import { ClusterClient } from '../cluster-client.js';
import { startupNodes } from '../internals.js';
import { type Clients, expectThat, pretending } from './pretended-server.js';

const ignore = (): void => undefined;
const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;
const server = (host: string | null, port: number): string =>
  `*3\r\n${host === null ? '$-1\r\n' : bulk(host)}:${port}\r\n${bulk('id')}`;

/** From a node that does not know its own name, and from one that has a replica. */
const slots = `*2\r\n*3\r\n:0\r\n:8191\r\n${server(null, 1)}*4\r\n:8192\r\n:16383\r\n${server('b.invalid', 2)}${server('c.invalid', 3)}`;

function answer([name = '', subcommand = '']: readonly string[]): string {
  switch (name.toUpperCase()) {
    case 'CLUSTER':
      return subcommand.toUpperCase() === 'SLOTS' ? slots : bulk('cluster_state:ok');
    case 'INFO':
      return bulk('loading:0');
    case 'GET':
      return '$-1\r\n';
    default:
      return '+OK\r\n';
  }
}

function clientOf(given: typeof answer | (() => undefined), clients: Clients, timeoutMs = 60_000): ClusterClient {
  const { path: _, ...options } = pretending(given, clients).options;
  const client = new ClusterClient([{ host: 'a.invalid', port: 1 }], {
    lazyConnect: true,
    clusterRetryStrategy: () => null,
    slotsRefreshTimeout: timeoutMs,
    dnsLookup: (name, callback) => callback(null, name),
    redisOptions: options,
  });
  clients.push(client);
  client.on('error', ignore);
  return client;
}

/** Does everything that the library does with a cluster, and rejects if the outcome is unexpected. */
export async function probeCluster(clients: Clients): Promise<void> {
  const client = clientOf(answer, clients);
  await client.connect();
  expectThat(client.status === 'ready', 'a client of a cluster connects');
  expectThat(
    client.slots[0]?.join() === 'a.invalid:1' && client.slots[16383]?.join() === 'b.invalid:2,c.invalid:3',
    'the library finds the slots',
  );
  expectThat(
    addressesOf(client) === 'a.invalid:1,b.invalid:2,c.invalid:3',
    'the client connects to the nodes that have slots',
  );
  const [given] = await startupNodes(client);
  expectThat(given?.host === 'a.invalid' && given.port === 1, 'the library sees the configured addresses');
  client.follow({ asking: true, slot: 5, host: 'd.invalid', port: 4 }, client.nodes()[0]!);
  expectThat(addressesOf(client).endsWith(',d.invalid:4'), 'a redirection adds a node');
  // Two slots of one node.
  const replies = await client.pipeline().get('b').get('c').exec();
  expectThat(String(replies) === ',,,', 'the driver knows which slots are together');
  await queued(clients);
}

const addressesOf = (client: ClusterClient): string =>
  client
    .nodes()
    .map(({ options: { host, port } }) => `${host}:${port}`)
    .toSorted()
    .join();

async function queued(clients: Clients): Promise<void> {
  // ioredis 5.5 never clears the timer of a failed command: a long one would keep the process alive.
  const client = clientOf(() => undefined, clients, 1);
  const given = new Error('given up');
  const waiting = client.get('k').then(ignore, (error: Error) => error);
  client.forgetQueue(given);
  const error = await waiting;
  expectThat(error === given, 'the library can fail calls that wait for a cluster');
}

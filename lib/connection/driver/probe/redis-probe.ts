import { once } from 'node:events';
import { Redis } from 'ioredis';
import { InnerConnection } from '../inner-connection.js';
import { asksSentinelsInTurn, conditionOf, failQueued, onRefusal, prepareToConnect, sendBy } from '../internals.js';
import { ReplyDeadlines, ReplyTimeout, TimedCommand } from '../reply-deadlines.js';
import { inOneWrite } from '../write-batch.js';
import { type Clients, expectThat, pretending, type PretendedSocket } from './pretended-server.js';

const ignore = (): void => undefined;
/** Occurs in no text. */
const bytes = Buffer.from([0xff, 0xfe]);
const answers: Readonly<Record<string, string>> = {
  INFO: "-NOPERM this user has no permissions to run the 'info' command\r\n",
  ECHO: '$4\r\necho\r\n',
  INCR: ':7\r\n',
  LRANGE: '*2\r\n$1\r\na\r\n*1\r\n:1\r\n',
  TYPE: '+list\r\n',
  FAIL: '-READONLY it is a replica\r\n',
  SUBSCRIBE: '*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\nm\r\n',
  UNSUBSCRIBE: '*3\r\n$11\r\nunsubscribe\r\n$4\r\nnews\r\n:0\r\n',
};

function answer([name = '']: readonly string[]): string | undefined {
  const known = name.toUpperCase();
  return known === 'GET' ? undefined : (answers[known] ?? '+OK\r\n');
}

/** Does everything that the library does with a connection, and rejects if the outcome is unexpected. */
export async function probeRedis(clients: Clients): Promise<void> {
  const { options, sockets } = pretending(answer, clients);
  const redis = new Redis(options);
  clients.push(redis);
  redis.on('error', ignore);
  const refusals: string[] = [];
  onRefusal(redis, ({ message }) => refusals.push(message));
  const line = new InnerConnection(redis);
  await redis.connect();
  expectThat(redis.status === 'ready', 'a server that refuses INFO is ready');
  expectThat(line.session === sockets[0] && line.takesCommands, 'the library sees the socket of a connection');
  const talk = new Talk(redis, line, sockets[0]!);
  await talk.together();
  await talk.late();
  await talk.refused();
  // Before ioredis 6 the refusal of INFO is heard as well.
  expectThat(refusals.at(-1) === 'READONLY it is a replica', 'the library hears the refusal of a server');
  await talk.subscribed();
  await talk.cutOff();
  await queued(clients);
  sentinels(clients);
}

class Talk {
  private readonly deadlines: ReplyDeadlines;

  constructor(
    private readonly redis: Redis,
    private readonly line: InnerConnection,
    private readonly socket: PretendedSocket,
  ) {
    this.deadlines = new ReplyDeadlines(line);
  }

  async together(): Promise<void> {
    const { redis, socket, line } = this;
    const heard = line.heard;
    const written = socket.writes.length;
    const replies = await inOneWrite([line], () =>
      Promise.all([
        this.send('INCR', 'n').promise,
        redis.echo('x'),
        this.send('LRANGE', bytes).promise,
        this.send('TYPE', 'l').promise,
      ]),
    );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the types are checked below
    const [counted, echo, [item, [nested]], type] = replies as [number, string, [Buffer, [number]], Buffer];
    expectThat(counted === 7 && echo === 'echo' && String(type) === 'list', 'each command gets its own reply');
    expectThat(Buffer.isBuffer(item) && String(item) === 'a' && nested === 1, 'the driver leaves replies as they are');
    expectThat(line.heard === heard + 4, 'the library reads the replies');
    const packet = socket.writes.slice(written).join('|');
    const expected =
      '*2\r\n$4\r\nincr\r\n$1\r\nn\r\n*2\r\n$4\r\necho\r\n$1\r\nx\r\n*2\r\n$6\r\nlrange\r\n$2\r\n\xff\xfe\r\n*2\r\n$4\r\ntype\r\n$1\r\nl\r\n';
    expectThat(packet === expected, 'commands leave in one write');
  }

  async late(): Promise<void> {
    const [first, second] = inOneWrite([this.line], () => [this.send('GET', 'a'), this.send('GET', 'b')]);
    first!.reject(new ReplyTimeout());
    this.socket.say('$1\r\na\r\n');
    this.socket.say('$1\r\nb\r\n');
    const [gaveUp, reply] = await Promise.allSettled([first!.promise, second!.promise]);
    expectThat(gaveUp.status === 'rejected', 'the library can give up a command');
    expectThat(reply.status === 'fulfilled' && String(reply.value) === 'b', 'no other command gets a late reply');
  }

  async refused(): Promise<void> {
    const error = await this.send('FAIL', 'k').promise.then(ignore, (reason: Error) => reason);
    expectThat(error?.name === 'ReplyError', 'each command gets its own error');
  }

  async subscribed(): Promise<void> {
    const { redis } = this;
    const message = once(redis, 'messageBuffer');
    await redis.subscribe('news');
    expectThat(String(await message) === 'news,m', 'the library hears messages');
    expectThat(Boolean(conditionOf(redis)?.subscriber), 'the driver marks a subscriber');
    await redis.unsubscribe('news');
    expectThat(!conditionOf(redis)?.subscriber, 'the driver marks a subscriber');
    expectThat((await this.send('INCR', 'n').promise) === 7, 'a former subscriber takes commands again');
  }

  async cutOff(): Promise<void> {
    const { promise } = this.send('GET', 'k');
    const ended = once(this.redis, 'end');
    this.line.cut();
    const error = await promise.then(ignore, (reason: Error) => reason);
    await ended;
    expectThat(error instanceof Error && error.name !== 'ReplyError', 'calls under way fail with their connection');
  }

  private send(name: string, arg: string | Buffer): TimedCommand {
    const command = new TimedCommand(name, [arg], { deadlines: this.deadlines, explain: (error) => error });
    command.promise.catch(ignore);
    command.setTimeout(60_000);
    const { options } = this.redis;
    // Not for the driver's own commands: 5.5 never clears the timer of a refused one, and the process would wait.
    options.commandTimeout = 60_000;
    this.line.send(command);
    options.commandTimeout = undefined;
    return command;
  }
}

/** Waiting commands can be failed when there will be no connection. */
async function queued(clients: Clients): Promise<void> {
  const { options } = pretending(() => undefined, clients);
  const redis = new Redis(options);
  clients.push(redis);
  redis.on('error', ignore);
  // For as long as a provider is asked for credentials.
  redis.connect = async () => undefined;
  prepareToConnect(redis);
  const given = new Error('given up');
  const waiting = redis.get('k').then(ignore, (error: Error) => error);
  const command = new TimedCommand('GET', ['k'], {
    deadlines: new ReplyDeadlines(new InnerConnection(redis)),
    explain: (e) => e,
  });
  const refused = command.promise.then(ignore, (error: Error) => error);
  sendBy(redis, command);
  failQueued(redis, given);
  const errors = await Promise.all([waiting, refused]);
  expectThat(
    errors.every((error) => error === given),
    'the library can fail calls that wait for a connection',
  );
}

function sentinels(clients: Clients): void {
  const redis = new Redis({ sentinels: [{ host: 'a' }, { host: 'b' }], name: 'primary', lazyConnect: true });
  clients.push(redis);
  const canBeAsked = asksSentinelsInTurn(redis);
  expectThat(canBeAsked, 'the library can start again with the first Sentinel');
}

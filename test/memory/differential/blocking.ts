import { deepStrictEqual } from 'node:assert';
import * as fc from 'fast-check';
import type { MemoryServer, MemorySession, Reply } from '../../../lib/embedded/index.js';
import { type Call, call, option } from './calls.js';
import { type Plain, toPlain } from './normalise.js';
import { RespConnection } from './resp-connection.js';

/** Commands that one client sends at once; several are a transaction. */
export interface Step {
  readonly client: number;
  readonly calls: readonly Call[];
}

const CLIENTS = 4;
const key = fc.constantFrom('a', 'b', 'c');
const word = fc.constantFrom('x', 'y', 'z');
const words = fc.array(word, { minLength: 1, maxLength: 3 });
const end = fc.constantFrom('LEFT', 'RIGHT');
const pairs = fc.array(fc.tuple(fc.constantFrom('1', '2', '3'), word), { minLength: 1, maxLength: 3 });
const count = option('COUNT', fc.constantFrom('1', '2'));
const group = ['GROUP', 'g', 'c1'];

const waiting = fc.oneof(
  call('BLPOP', key, key, '0'),
  call('BRPOP', key, '0'),
  call('BLMOVE', key, key, end, end, '0'),
  call('BLMPOP', '0', '2', key, key, end, count),
  call('BZPOPMIN', key, key, '0'),
  call('BZPOPMAX', key, '0'),
  call('BZMPOP', '0', '1', key, fc.constantFrom('MIN', 'MAX'), count),
  call('XREAD', 'BLOCK', '0', 'STREAMS', key, '$'),
  call('XREAD', count, 'BLOCK', '0', 'STREAMS', key, key, '0', '5'),
  call('XREADGROUP', fc.constant(group), count, 'BLOCK', '0', 'STREAMS', key, '>'),
);

const writing = fc.oneof(
  call('RPUSH', key, words),
  call('LPUSH', key, words),
  call(
    'ZADD',
    key,
    pairs.map((list) => list.flat()),
  ),
  call(
    'XADD',
    key,
    fc.nat({ max: 9 }).map((ms) => `${ms}-*`),
    'f',
    word,
  ),
  call('XGROUP', 'CREATE', key, 'g', fc.constantFrom('0', '$'), 'MKSTREAM'),
  call('XGROUP', 'DESTROY', key, 'g'),
  call('DEL', key),
  call('SET', key, 'text'),
  call('RENAME', key, key),
  call('COPY', key, key, 'REPLACE'),
  call('LMOVE', key, key, end, end),
  call('EXPIREAT', key, '1'),
  call('LPOP', key),
  call('FLUSHALL'),
  call('EVAL', "redis.call('DEL', KEYS[1]) return redis.call('RPUSH', KEYS[1], 'p', 'q', 'r')", '1', key),
);

const transaction = fc.array(fc.oneof(writing, waiting), { minLength: 1, maxLength: 4 });

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    client: fc.nat({ max: CLIENTS - 1 }),
    calls: fc.oneof(
      { weight: 4, arbitrary: waiting.map((one): Call[] => [one]) },
      { weight: 4, arbitrary: writing.map((one): Call[] => [one]) },
      { weight: 1, arbitrary: transaction.map((calls): Call[] => [['MULTI'], ...calls, ['EXEC']]) },
    ),
  }),
  { minLength: 1, maxLength: 25, size: 'max' },
);

/** A client on either side; a blocked client has a reply under way. */
interface Participant {
  send(call: Call): Promise<Reply>;
  unblock(): Promise<unknown>;
  replies: Plain[];
  underWay: number;
}

/** The clients of one side, and a way to know when all unblocked ones have been answered. */
interface Side {
  readonly clients: readonly Participant[];
  settle(): Promise<void>;
}

/** Runs several clients that block each other, and compares their replies after every step. */
export async function compareBlocking(server: Side, engine: Side, script: readonly Step[]): Promise<number> {
  let compared = 0;
  for (const side of [server, engine]) await start(side);
  for (const [index, { client, calls }] of script.entries()) {
    if (server.clients[client]!.underWay > 0) continue;
    for (const side of [server, engine]) {
      for (const one of calls) send(side.clients[client]!, one);
      await side.settle();
    }
    const log = script.slice(0, index + 1).map((step) => `${step.client}: ${JSON.stringify(step.calls)}`);
    deepStrictEqual(outcome(engine), outcome(server), log.join('\n'));
    compared += calls.length;
  }
  for (const side of [server, engine]) {
    for (const participant of side.clients) if (participant.underWay > 0) await participant.unblock();
    await side.settle();
  }
  deepStrictEqual(outcome(engine), outcome(server), 'after CLIENT UNBLOCK');
  return compared;
}

async function start({ clients, settle }: Side): Promise<void> {
  for (const participant of clients) participant.replies = [];
  send(clients[0]!, ['FLUSHALL']);
  await settle();
}

function send(participant: Participant, one: Call): void {
  participant.underWay++;
  const done = (reply: Plain) => {
    participant.replies.push(reply);
    participant.underWay--;
  };
  participant.send(one).then(
    (reply) => done(toPlain(reply)),
    (error: unknown) => done({ error: String(error) }),
  );
}

function outcome({ clients }: Side): unknown {
  return clients.map(({ replies, underWay }) => ({ replies, isBlocked: underWay > 0 }));
}

export async function serverSide(port: number): Promise<Side & { close(): void }> {
  const control = await RespConnection.open(port);
  const connections = await Promise.all(Array.from({ length: CLIENTS }, () => RespConnection.open(port)));
  const ids = await Promise.all(connections.map((connection) => connection.call('CLIENT', ['ID'])));
  const clients = connections.map((connection, index) => ({
    send: ([name, ...args]: Call) => connection.call(name, args),
    unblock: () => control.call('CLIENT', ['UNBLOCK', Number(ids[index])]),
    replies: [],
    underWay: 0,
  }));
  /** Every client has either all its replies, or is blocked in one command. */
  const settle = async () => {
    for (;;) {
      const list = String(await control.call('CLIENT', ['LIST'])).split('\n');
      const flags = ids.map(
        (id) => / flags=(\w+)/.exec(list.find((line) => line.startsWith(`id=${String(id)} `)) ?? '')?.[1],
      );
      const isSettled = clients.every(({ underWay }, index) =>
        flags[index]?.includes('b') ? underWay === 1 : underWay === 0,
      );
      if (isSettled) return;
    }
  };
  const close = () => {
    for (const connection of [control, ...connections]) connection.close();
  };
  return { clients, settle, close };
}

export function engineSide(engine: MemoryServer): Side & { close(): void } {
  const sessions: MemorySession[] = Array.from({ length: CLIENTS }, () => engine.connect());
  const clients = sessions.map((session) => ({
    send: async ([name, ...args]: Call) => session.call(name, args),
    unblock: async () => session.cancel(),
    replies: [],
    underWay: 0,
  }));
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { clients, settle, close: () => sessions.forEach((session) => session.close()) };
}

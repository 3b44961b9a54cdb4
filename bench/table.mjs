import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { watchSteal } from './machine.mjs';
import { median, quantile, rotated } from './measure.mjs';
import { tables } from './tables/index.mjs';

const program = fileURLToPath(new URL('contender.mjs', import.meta.url));

/**
 * Many short slots instead of a few long ones, so that the host's interruptions affect all alike; before them, time for
 * the compiler.
 */
const pace = { rounds: 12, slotMs: 50, warmMs: 700 };
const quickPace = { rounds: 6, slotMs: 40, warmMs: 500 };

/**
 * How many processes a contender has, which take turns. The compiler has luck in some and none in others, up to a tenth
 * of a call: those that the accepted run is compared by have several chances.
 */
const processesOf = (name) => (/^(nest-cachex|ioredis$|floor$)/.test(name) ? 3 : 1);

async function startProcess(table, name, url, number) {
  const child = fork(program, [table, name, url, String(number)]);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The process of ${name} ended with code ${code}`);
  });
  ended.catch(() => undefined);
  const answer = async () => (await Promise.race([once(child, 'message'), ended]))[0];
  await answer();
  return {
    perform: async (order) => {
      child.send(order);
      return (await answer()).measured;
    },
    stop: () => child.kill(),
  };
}

async function start(table, name, url) {
  const { isLone } = tables[table];
  const starts = Array.from({ length: isLone ? 1 : processesOf(name) }, (_, number) =>
    startProcess(table, name, url, number),
  );
  const processes = await Promise.all(starts);
  let slots = 0;
  return {
    name,
    warm: async (order) => {
      const measured = [];
      for (const { perform } of processes) measured.push(await perform({ ...order, warms: true }));
      return measured[0];
    },
    perform: (order) => processes[slots++ % processes.length].perform(order),
    stop: () => processes.forEach(({ stop }) => stop()),
  };
}

/** The slots of one contender, in microseconds per call: lower quartile, median, and processor time. */
function summary(slots) {
  const numbers = (what) => slots.map((slot) => slot[what] * 1e6);
  return {
    us: quantile(numbers('seconds'), 0.25),
    median: median(numbers('seconds')),
    cpu: quantile(numbers('cpu'), 0.25),
  };
}

/** One row: the case, by every contender that supports it, in turn, after a slot to warm up. */
async function measureCase(fleet, label, rounds, { slotMs, warmMs }) {
  const steal = watchSteal();
  const slots = {};
  for (const { name, warm } of fleet) {
    if (await warm({ label, ms: warmMs })) slots[name] = [];
  }
  const able = fleet.filter(({ name }) => slots[name]);
  for (let round = 0; round < rounds; round++) {
    for (const { name, perform } of rotated(able, round)) slots[name].push(await perform({ label, ms: slotMs }));
  }
  const of = Object.fromEntries(Object.entries(slots).map(([name, all]) => [name, summary(all)]));
  const { ioredis, floor } = of;
  for (const each of Object.values(of)) {
    each.ratio = ioredis.us / each.us;
    each.cpuRatio = ioredis.cpu / each.cpu;
    if (floor) each.cpuOfFloor = each.cpu / floor.cpu;
  }
  return { stealPercent: steal(), contenders: of };
}

async function flush(url) {
  for (const node of url.split(',')) {
    const redis = new Redis(node);
    await redis.flushall();
    redis.disconnect();
  }
}

/** Every case of a table, by every contender in turn; with `isQuick` only the main cases, in fewer rounds. */
export async function measureTable(table, url, { isQuick, onRow }) {
  const { contenders, cases } = tables[table];
  const chosen = isQuick ? quickPace : pace;
  await flush(url);
  const fleet = await Promise.all(Object.keys(contenders).map((name) => start(table, name, url)));
  const rows = {};
  try {
    for (const [label, { isMain, rounds = chosen.rounds }] of Object.entries(cases)) {
      if (isQuick && !isMain) continue;
      rows[label] = await measureCase(fleet, label, rounds, chosen);
      onRow?.(label, rows[label]);
    }
  } finally {
    for (const { stop } of fleet) stop();
  }
  return rows;
}

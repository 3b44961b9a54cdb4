import { Redis } from 'ioredis';
import { quantile } from '../measure.mjs';
import { startServer } from '../servers.mjs';

/** Points of a curve: the columns of each level, measured one after the other. */
export async function pointsOf(levels, measureLevel) {
  const points = [];
  for (const x of levels) points.push({ x, ...(await measureLevel(x)) });
  return points;
}

/** Runs `work` with a server that has these options, and with a client of it. */
export async function onOwnServer(options, work) {
  const server = await startServer(...options);
  const redis = new Redis(server.url);
  try {
    return await work(server.url, redis);
  } finally {
    redis.disconnect();
    await server.stop();
  }
}

/** Microseconds of processor time since `before`, as `process.cpuUsage` returned it. */
export const cpuSince = (before) => {
  const { user, system } = process.cpuUsage(before);
  return user + system;
};

/**
 * Calls for `ms` milliseconds, `inFlight` at a time. Returns the processor time per call and the quantiles of the
 * waits, in microseconds.
 */
export async function watchCalls(ms, inFlight, call) {
  const waits = [];
  const end = performance.now() + ms;
  const before = process.cpuUsage();
  const caller = async () => {
    for (let now = performance.now(); now < end;) {
      await call(waits.length);
      const after = performance.now();
      waits.push((after - now) * 1000);
      now = after;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  const cpu = cpuSince(before) / waits.length;
  return { cpu, p50: quantile(waits, 0.5), p99: quantile(waits, 0.99), calls: waits.length };
}

/** Columns of a table, in microseconds. */
export const columnsOf = (name, { cpu, p50, p99 }) => ({
  [`${name}, CPU`]: cpu,
  [`${name}, p50`]: p50,
  [`${name}, p99`]: p99,
});

/** Watches each of the calls, by name, as {@link watchCalls}. */
export async function columnsOfCalls(calls, ms, inFlight) {
  const columns = {};
  for (const [name, call] of Object.entries(calls)) {
    Object.assign(columns, columnsOf(name, await watchCalls(ms, inFlight, call)));
  }
  return columns;
}

/** Milliseconds that the work takes: the shortest of several runs, each prepared first. */
export async function shortest(times, work, prepare) {
  let least = Infinity;
  for (let n = 0; n < times; n++) {
    await prepare?.();
    const start = performance.now();
    await work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

/** Microseconds of processor time that a server has used so far. */
export async function serverCpu(redis) {
  const info = await redis.info('cpu');
  const seconds = (name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)[1]);
  return (seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1e6;
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { cases, clusterCases } from './cases.mjs';
import { clusterContenders, contenders } from './contenders.mjs';
import { median } from './measure.mjs';

const program = fileURLToPath(new URL('contender.mjs', import.meta.url));

async function start(url, name, topology) {
  const child = fork(program, [url, name, topology], { execArgv: ['--expose-gc'], serialization: 'advanced' });
  await once(child, 'message');
  return {
    name,
    perform: async (label, prepares) => {
      child.send({ label, prepares });
      const [{ measured }] = await once(child, 'message');
      return measured;
    },
    stop: () => child.kill(),
  };
}

/**
 * Every case by every contender in turn, in several rounds, the first of which warms up: microseconds of a call, and of
 * the processor for it, as medians.
 */
async function measure(url, topology, names, own, { only = '', rounds = 3, onRow = () => undefined }) {
  const fleet = await Promise.all(names.map((name) => start(url, name, topology)));
  const rows = {};
  try {
    for (const label of Object.keys(own).filter((each) => each.includes(only))) {
      const times = {};
      for (let round = -1; round < rounds; round++) {
        for (const { name, perform } of fleet) {
          const measured = await perform(label, round < 0);
          if (measured && round >= 0) (times[name] ??= []).push(measured);
        }
      }
      const us = (all, what) => (median(all.map((each) => each[what])) / own[label].count) * 1e6;
      rows[label] = Object.fromEntries(
        Object.entries(times).map(([name, all]) => [name, { us: us(all, 'seconds'), cpu: us(all, 'cpu') }]),
      );
      onRow(label, rows[label]);
    }
  } finally {
    for (const { stop } of fleet) stop();
  }
  return rows;
}

export function commands(url, options = {}) {
  return measure(url, 'standalone', Object.keys(contenders), cases, options);
}

/** On the nodes that the URLs name. */
export function clusterCommands(urls, options = {}) {
  return measure(urls.join(), 'cluster', Object.keys(clusterContenders), clusterCases, options);
}

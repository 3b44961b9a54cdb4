import { readFile, writeFile } from 'node:fs/promises';

const file = new URL('accepted.json', import.meta.url);

/** How much more processor time a call may take than in the accepted run. */
const tolerance = 1.03;

/**
 * The processor time of each of our rows, relative to the floor or to ioredis in the same run: on a busy machine, and
 * on another machine of its kind, both change alike.
 */
function relative(measured) {
  const rows = {};
  for (const [part, { rows: all }] of Object.entries(measured)) {
    for (const [label, { contenders }] of Object.entries(all)) {
      if (!contenders) continue;
      const reference = contenders.floor ?? contenders.ioredis;
      for (const [name, { cpu }] of Object.entries(contenders)) {
        if (name.startsWith('nest-cachex'))
          rows[`${part}: ${label}: ${name}`] = Number((cpu / reference.cpu).toFixed(3));
      }
    }
  }
  return rows;
}

const read = async () => JSON.parse(await readFile(file, 'utf8'));

/** Makes this the accepted run, which later runs are compared with. Rows that were not measured stay as they were. */
export async function accept(measured) {
  const rows = { ...(await read().catch(() => ({}))), ...relative(measured) };
  await writeFile(file, `${JSON.stringify(rows, null, 2)}\n`);
}

/** The rows that take more processor time than in the accepted run, as lines to print. */
export async function regressions(measured) {
  const accepted = await read();
  return Object.entries(relative(measured))
    .filter(([row, now]) => now > accepted[row] * tolerance)
    .map(([row, now]) => `${row}: ${now} where ${accepted[row]} was accepted`);
}

// Runs the specs about connections on each supported version of ioredis, with its internals and on its public interface
// only: node test/drivers.mjs [ioredis-5.5 …]
import { spawnSync } from 'node:child_process';

const folders = ['test/connection', 'test/contract', 'test/execution', 'test/faults', 'test/locking', 'test/tracking'];
const versions = process.argv.length > 2 ? process.argv.slice(2) : ['ioredis-5.5', 'ioredis-5', 'ioredis'];
const runs = versions.flatMap((driver) => [
  { driver, interface: 'inside' },
  { driver, interface: 'public' },
]);

const failed = runs.filter((run) => {
  console.log(`\n${run.driver}, ${run.interface}`);
  const env = { ...process.env, TEST_DRIVER: run.driver, NEST_CACHEX_DRIVER: run.interface };
  const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'specs', '--project', 'alone', ...folders], {
    stdio: 'inherit',
    env,
  });
  return status !== 0;
});
for (const run of failed) console.error(`Failed: ${run.driver}, ${run.interface}`);
process.exit(failed.length === 0 ? 0 : 1);

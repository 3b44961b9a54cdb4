// Installs the programs that the tests start, if they are missing: `npm run servers`.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { oldest, newest } = JSON.parse(readFileSync(new URL('./engines.json', import.meta.url), 'utf8'));

/** The folder of the newest servers. */
const newestFolder = fileURLToPath(new URL('../../.servers', import.meta.url));

function server({ product, binary, variable, minimum }, command = binary) {
  return {
    command: process.env[variable] || command,
    name: product,
    minimum,
    package: process.env[variable] ? undefined : binary,
    // A "redis-server" may be a Valkey under Redis' name, so the product is checked, too.
    version: new RegExp(`^${product} server v=(\\d+\\.\\d+\\S*)`),
  };
}

const programs = [
  ...Object.values(oldest).map((engine) => server(engine)),
  { command: 'redis-cli', name: 'redis-cli', minimum: '7.0', package: 'redis-tools', version: /^redis-cli (\S+)/ },
  { command: 'openssl', name: 'OpenSSL', minimum: '1.1', package: 'openssl', version: /^(?:OpenSSL|LibreSSL) (\S+)/ },
];

/** The browser for the admin page: without it, its specs say what to install. */
const browser = {
  command: process.env.CHROMIUM || 'chromium',
  name: 'Chromium',
  minimum: '120',
  package: process.env.CHROMIUM ? undefined : 'chromium',
  version: /^(?:Chromium|Google Chrome) (\d+\.\S*)/,
};

const newestPrograms = Object.values(newest).map((engine) => server(engine, join(newestFolder, engine.binary)));

const instructions = `Install them, then run "npm run servers" again:
  Debian, Ubuntu  apt-get install redis-server valkey-server openssl
                  (Valkey 8 is in Debian 13, in bookworm-backports for Debian 12, and in Ubuntu 25.04)
  Fedora          dnf install redis valkey openssl
  macOS           brew install valkey openssl && brew unlink valkey && brew install redis
                  export VALKEY_SERVER="$(brew --prefix valkey)/bin/valkey-server"
REDIS_SERVER and VALKEY_SERVER name the server binaries where they are not on the PATH.`;

const newestInstructions = `Debian has them in its suites sid and experimental, from where they are unpacked into ${newestFolder}.
Elsewhere NEWEST_REDIS_SERVER and NEWEST_VALKEY_SERVER name the server binaries.`;

/** The version that the program prints; undefined if it is missing or something else. */
function versionOf(program) {
  const argument = program.command === 'openssl' ? 'version' : '--version';
  return program.version.exec(spawnSync(program.command, [argument], { encoding: 'utf8' }).stdout ?? '')?.[1];
}

function isAtLeast(version, minimum) {
  return version.localeCompare(minimum, 'en', { numeric: true }) >= 0;
}

function check(wanted) {
  const found = wanted.map((program) => ({ ...program, found: versionOf(program) }));
  return { found, missing: found.filter((program) => !program.found || !isAtLeast(program.found, program.minimum)) };
}

const listOf = (found) => found.map((program) => `${program.name} ${program.found}`).join(', ');

const complaintsOf = (missing) =>
  missing.map(
    (program) => `${program.name} >= ${program.minimum} (${program.command}): ${program.found ?? 'not found'}`,
  );

/** A command line that runs its arguments as root; undefined if that needs a password. */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined;
}

function installWithApt(packages) {
  const root = asRoot();
  if (packages.length === 0 || !root || spawnSync('apt-get', ['--version']).error) return;
  console.log(`Installing ${packages.join(', ')}`);
  const script = fileURLToPath(new URL('./apt-install.sh', import.meta.url));
  const [command, ...args] = [...root, 'sh', script, ...packages];
  spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

function unpackNewest() {
  if (spawnSync('apt-get', ['--version']).error) return;
  console.log('Unpacking the newest servers');
  const script = fileURLToPath(new URL('./unpack-newest.sh', import.meta.url));
  spawnSync('sh', [script, newestFolder], { stdio: ['ignore', 'inherit', 'inherit'] });
}

let { found, missing } = check(programs);
if (missing.length > 0) {
  installWithApt(missing.flatMap((program) => program.package ?? []));
  ({ found, missing } = check(programs));
}

let [chromium] = check([browser]).found;
if (!chromium.found && chromium.package) {
  installWithApt([chromium.package]);
  [chromium] = check([browser]).found;
}

let newestServers = check(newestPrograms);
if (newestServers.missing.some((program) => program.package)) {
  unpackNewest();
  newestServers = check(newestPrograms);
}

if (missing.length > 0) {
  console.error(`The tests need servers that are not here:\n  ${complaintsOf(missing).join('\n  ')}\n${instructions}`);
  process.exitCode = 1;
} else {
  console.log(`Servers for the tests: ${listOf(found)}`);
}

console.log(
  chromium.found ? `The browser for the tests: Chromium ${chromium.found}` : 'No Chromium for the admin page',
);

if (newestServers.missing.length > 0) {
  const complaints = complaintsOf(newestServers.missing);
  console.warn(
    `Not to be had here, so that nothing is tested on it:\n  ${complaints.join('\n  ')}\n${newestInstructions}`,
  );
} else {
  console.log(`The newest servers for the tests: ${listOf(newestServers.found)}`);
}

import { readdirSync, readFileSync } from 'node:fs';
import { tagsIn } from '../../docs/.vitepress/api/surface.js';
import { asModule, type Example, type Imports, surroundings } from './examples.js';

const lib = new URL('../../lib/', import.meta.url);

const read = (file: string): string => readFileSync(new URL(file, lib), 'utf8');

/** Names from other packages that examples of docstrings use without an import. */
const others: Imports = {
  '@nestjs/cache-manager': ['CacheModule'],
  '@nestjs/common': ['Body', 'Controller', 'ForbiddenException', 'Get', 'HttpException', 'Module', 'Post', 'Req'],
  '@nestjs/config': ['ConfigService'],
  '@nestjs/schedule': ['Cron'],
  '@nestjs/terminus': ['HealthCheck', 'HealthCheckService', 'TerminusModule'],
  '@nestjs/testing': ['Test'],
  '@nestjs/throttler': ['seconds', 'ThrottlerModule'],
  'drizzle-orm/libsql': ['drizzle'],
  'express-session': ['default as session'],
  keyv: ['Keyv'],
  'node:diagnostics_channel': ['default as diagnosticsChannel', 'tracingChannel'],
  'prom-client': ['Registry'],
  typeorm: ['DataSource'],
  'typeorm-transactional': ['runOnTransactionCommit'],
  vitest: ['expect'],
  zod: ['z'],
};

/** Handles that other examples have created. */
const handles: readonly string[] = Object.entries({
  days: 'readonly string[]',
  leader: "import('nest-cachex').CachexLeader",
  lock: "import('nest-cachex').CachexLock",
  prices: "import('nest-cachex').CachexReadWriteLock",
  pubSub: "import('nest-cachex/graphql').CachexPubSub",
  register: "import('prom-client').Registry",
  signups: "import('nest-cachex').CachexRateLimiter",
  testing: "import('nest-cachex/testing').CachexTesting",
  worker: "import('nest-cachex').StreamWorker",
}).map(([name, type]) => `declare const ${name}: ${type};`);

/** Names of the reader's own code, of any type. */
const theirs: readonly string[] = (
  'ada another app auditLog bob cart checkout client countSource data decrypt drainSource encrypt entries entry events ' +
  'fastifySession greet handle id index inspect isAdmin job lastId logger mail migrate newKey oldKey options parts ' +
  'pickSource price products readCredentials readSecret reload report request runJob secret show signal signalled ' +
  'source swapSource urgent userId userNumber users voucher ' +
  'AuthRequest Bid Cart Challenge HealthController HttpInstrumentation LeaderboardService LoginDto MetricsController ' +
  'NodeSDK OrderType Price Quote Session Task Users Voucher'
)
  .split(' ')
  .map((name) =>
    /^[A-Z]/.test(name) ? `declare const ${name}: any; type ${name} = any;` : `declare const ${name}: any;`,
  );

const around: readonly string[] = [
  ...surroundings,
  ...handles,
  ...theirs,
  "interface Around { cachex: import('nest-cachex/health').CachexHealthIndicator; [property: string]: any }",
];

/** The examples of docstrings, which the API pages show, each as a separate module. */
export function modulesOfDocstrings(): (Example & { readonly code: string })[] {
  const known = { ...exportsOfPackage(), ...others };
  return examplesOfDocstrings().map((example) => ({ ...example, code: asModule(example, known, around) }));
}

function examplesOfDocstrings(): Example[] {
  const files = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) => {
    const text = read(file);
    return [...text.matchAll(/\/\*\*.*?\*\//gs)].flatMap(({ 0: comment, index }) =>
      tagsIn(comment, 'example').map((example) => {
        const name = `lib/${file}:${text.slice(0, index).split('\n').length}`;
        return { name, page: 'docs/api', text: inFunction(example) };
      }),
    );
  });
}

/** Statements become the body of a method; members of a class and whole modules stay as they are. */
function inFunction(example: string): string {
  return /^(@|constructor\(|import )/m.test(example) ? example : `async function example(this: Around) {${example}\n}`;
}

/** The exports of the package: readers of an API page know where they come from. */
function exportsOfPackage(): Imports {
  const { exports } = JSON.parse(readFileSync(new URL('../package.json', lib), 'utf8')) as { exports: object };
  const paths = Object.keys(exports).filter((path) => path !== './package.json');
  const isName = (name: string): boolean => /\w$/.test(name);
  return Object.fromEntries(
    paths.map((path) => [`nest-cachex${path.slice(1)}`, exportsOf(`${path}/index.ts`).filter(isName)]),
  );
}

/** Names of exports; `type Timeout` for a type. */
function exportsOf(file: string): string[] {
  const found = read(file).matchAll(/^export (?:(type )?(?:\{([^}]*)\}|(\w+) =)|\* from '\.(.*)\.js')/gm);
  return [...found].flatMap(([, type = '', names = '', name = '', other]) =>
    other ? exportsOf(`.${other}.ts`) : `${names},${name}`.split(',').map((one) => type + one.trim()),
  );
}

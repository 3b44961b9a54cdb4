import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** Names by the package that exports them; `type Timeout` for a type. */
export type Imports = Readonly<Record<string, readonly string[]>>;

/** Names that examples use without an import, because readers know where they come from. */
const imports: Imports = {
  'nest-cachex': [
    'Cacheable',
    'CacheableMany',
    'CacheEvict',
    'cachexConfig',
    'CachexModule',
    'CachexService',
    'currentLock',
    'fromContext',
    'getCachexToken',
    'getConnectionPoolToken',
    'InjectCachex',
    'luaCall',
    'LuaScript',
    'OncePerFleet',
    'Idempotent',
    'RateLimit',
    'StreamConsumer',
    'StreamWorker',
    'Subscribe',
    'WithLock',
    'type CachexOptions',
    'type CachexOptionsFactory',
    'type DeadLetter',
    'type KeyFunction',
    'type MessageContext',
    'type StreamContext',
    'type StreamEntry',
  ],
  'nest-cachex/drizzle': ['CachexDrizzleCache'],
  'nest-cachex/graphql': ['CachexPubSub'],
  'nest-cachex/typeorm': ['CachexQueryResultCache'],
  'nest-cachex/keyv': ['CachexKeyv'],
  'nest-cachex/session': ['CachexSessionStore'],
  'nest-cachex/throttler': ['CachexThrottlerStorage'],
  'nest-cachex/testing': ['CachexTesting', 'CachexTestingModule'],
  '@nestjs/common': ['Body', 'Controller', 'Get', 'Headers', 'HttpException', 'Injectable', 'Module', 'Param', 'Post'],
  '@nestjs/config': ['ConfigModule', 'ConfigService'],
  '@nestjs/schedule': ['Cron'],
  '@nestjs/testing': ['Test'],
  'node:fs': ['readFileSync'],
  'node:fs/promises': ['readFile'],
  'typeorm-transactional': ['runOnTransactionCommit'],
  vitest: ['describe', 'expect', 'it'],
};

/** Declarations of packages that recipes use and that this package does not install. */
export const foreign = `
declare module '@apollo/utils.keyvaluecache' {
  export interface KeyValueCacheSetOptions { ttl?: number | null }
  export interface KeyValueCache {
    get(key: string): Promise<string | undefined>;
    set(key: string, value: string, options?: KeyValueCacheSetOptions): Promise<void>;
    delete(key: string): Promise<boolean | void>;
  }
}
declare module '@mikro-orm/core' {
  export interface CacheAdapter {
    get<T>(name: string): Promise<T | undefined>;
    set(name: string, data: unknown, origin: string, expiration?: number): void | Promise<void>;
    remove(name: string): void | Promise<void>;
    clear(): void | Promise<void>;
  }
}
declare module '@nestjs/bullmq';
declare module 'bullmq' {
  export type ConnectionOptions = object;
}
declare module '@nestjs/platform-socket.io' {
  export class IoAdapter {
    constructor(app: object);
    createIOServer(port: number, options?: object): { adapter(adapter: unknown): void };
    dispose(): Promise<void>;
  }
}
declare module '@socket.io/redis-adapter';
interface PrismaQuery { model: string; operation: string; args: unknown; query(args: unknown): Promise<unknown> }
declare module '*/prisma/client.js' {
  export const Prisma: {
    defineExtension(e: { name: string; query: { $allModels: { $allOperations(q: PrismaQuery): Promise<unknown> } } }): unknown;
  };
}
`;

/** The surroundings of an example: an application with a cache. */
export const surroundings: readonly string[] = [
  "declare const cache: import('nest-cachex').CachexService;",
  'declare const db: { transaction(work: (tx: { save(row: object): Promise<void> }) => Promise<void>): Promise<void> };',
  'declare const user: { id: string; name: string };',
  'declare const ids: readonly string[];',
  'declare const fake: object;',
  'declare const ca: string;',
  'declare const password: string;',
  'declare const takeSource: string;',
  'declare class Database { find(id: string): Promise<Product>; save(product: Product): Promise<void> }',
  'declare class PriceStore { find(id: string): Promise<number | null>; save(id: string, price: number): Promise<void>; all(): Promise<[string, number][]> }',
  'declare function CurrentUser(): ParameterDecorator;',
  'interface Profile { name: string }',
  'declare function ordersOf(month: string): Promise<Order[]>;',
  'declare function charge(order: Order): Promise<void>;',
  'declare function work(job: Job): Promise<void>;',
  'declare function reserve(id: number, o: { fencingToken?: number; signal: AbortSignal }): Promise<Order>;',
  'declare const order: Order;',
  'declare function sendMail(order: Order, o?: { messageId: string; signal: AbortSignal }): Promise<void>;',
  'declare function checkOut(): Promise<void>;',
  'declare function loadUser(id: string): Promise<User>;',
  'declare function congratulate(captain: User, games: number): Promise<void>;',
  'declare function loadProduct(id: string): Promise<Product>;',
  'declare function loadProducts(ids: readonly string[]): Promise<Product[]>;',
  'declare function loadOrder(id: string, signal: AbortSignal): Promise<Order>;',
  'declare function loadQuote(signal: AbortSignal): Promise<number>;',
  'declare function loadRates(): Promise<Rates>;',
  'declare function calculateReport(): Promise<string>;',
  'declare function renderPage(): Promise<string>;',
  'declare const rates: Rates;',
  'declare const ip: string;',
  'declare function authenticate(credentials: Credentials): Promise<string>;',
  'declare function calculatePrice(id: number, o: { signal: AbortSignal }): Promise<number>;',
  'declare function quote(ids: readonly string[]): Promise<number>;',
  'declare function reprice(fencingToken?: number): Promise<void>;',
  'declare function transfer(from: number, to: number, fencingToken?: number): Promise<void>;',
  'declare function relay(signal?: AbortSignal): Promise<void>;',
  'declare function sendInvoices(): Promise<void>;',
  'declare class AppModule {}',
  "declare class AdminGuard { canActivate(context: import('@nestjs/common').ExecutionContext): boolean }",
  'declare class Sessions { open(user: string): Promise<void>; isOpen(user: string): Promise<boolean> }',
  "declare class CacheOptions { createCachexOptions(): import('nest-cachex').CachexOptions }",
  'declare class User { name: string }',
  'declare class Product { id: string }',
  'interface Rates { eur: number }',
  'declare class Order { id: string }',
  'interface Job { id: string }',
  'interface Review { text: string }',
  'interface Report { text: string }',
  'declare class Credentials { user: string }',
  'declare class UserDto { name: string }',
  'declare class OrderDto { id: string }',
];

/** All pages for users. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(new URL('docs', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** A TypeScript block of a page. */
export interface Example {
  /** `docs/locks.md:12` */
  readonly name: string;
  readonly page: string;
  readonly text: string;
}

/** The examples of a page, in order. */
export function examplesOf(page: string): Example[] {
  const text = readFileSync(new URL(page, root), 'utf8');
  // A block of a group has a title: ```ts [Fastify]
  return [...text.matchAll(/^```ts(?: \[[^\]]+\])?\n(.*?)^```$/gms)].map((match) => {
    const line = text.slice(0, match.index).split('\n').length + 1;
    return { name: `${page}:${line}`, page, text: match[1]! };
  });
}

/** The name by which other examples import it: `products.service.ts`, if its first line is `// products.service.ts`. */
export function fileNameOf({ text }: Example): string | undefined {
  return /^\/\/ (\S+\.ts)\n/.exec(text)?.[1];
}

/** The expected compiler errors by line: an example may show what the compiler refuses. */
export function refusalsOf({ text }: Example): Map<number, string> {
  const marked = text.split('\n').map((line, index) => [index + 1, /\/\/ error: (.*)$/.exec(line)?.[1]] as const);
  return new Map(marked.filter((entry): entry is [number, string] => entry[1] !== undefined));
}

/** Placeholders for code: other libraries' code, omitted bodies, and methods without a class. */
function completed(text: string): string {
  const ours = text.replace(/^\/\/ before\n.*?^\/\/ after$/gms, (before) => before.replaceAll(/.+/g, ''));
  const whole = ours.replaceAll('{ … }', '{ throw new Error(); }');
  return /^(@|constructor\()(?!.*^(export )?class )/ms.test(whole) ? `class Example {${whole}}` : whole;
}

/** An example as a separate module; its line numbers stay the same. */
export function asModule(example: Example, known: Imports = imports, around = surroundings): string {
  const text = completed(example.text);
  const declared = (name: string): boolean =>
    new RegExp(`\\b(import (?:type )?\\{[^}]*|class |interface |function |const (\\[[^\\]]*)?)\\b${name}\\b`).test(
      text,
    );
  const used = new Set(text.match(/\w+/g));
  const isWanted = (name: string): boolean => used.has(name) && !declared(name);
  const lines = Object.entries(known).map(([from, names]) => {
    const wanted = names.filter((name) => isWanted(/\w+$/.exec(name)![0]));
    return wanted.length > 0 ? `import { ${wanted.join(', ')} } from '${from}';` : '';
  });
  const declarations = around.filter((line) => {
    const [, kind, name] = /^(?:declare )?(\w+) (\w+)/.exec(line)!;
    return kind === 'class' || kind === 'interface' ? !declared(name!) : isWanted(name!);
  });
  return `${[...lines, ...declarations, 'export {};'].join(' ')}\n${text}`;
}

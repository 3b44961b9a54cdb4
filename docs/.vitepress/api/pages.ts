/** A page of the API. */
export interface ApiPage {
  /** Its address below `/api/`. */
  readonly slug: string;
  readonly title: string;
  /** The page of the guide that tells its story. */
  readonly guide?: string;
  /** The files below `lib/` whose public names and methods it describes. */
  readonly files: RegExp;
}

/** Every public name is on the first page whose files it is in. */
export const apiGroups: Readonly<Record<string, readonly ApiPage[]>> = {
  'nest-cachex': [
    { slug: 'service', title: 'CachexService', guide: 'methods', files: /^(cachex\.service|execution\/server)/ },
    {
      slug: 'module',
      title: 'Module and options',
      guide: 'configuration',
      files: /^(cachex\.(module|tokens)|options\/(?!(cluster|conn|cred|memory|resolved|sentinel|standalone|url)))/,
    },
    { slug: 'connections', title: 'Connections', guide: 'topologies', files: /^(options|wire)\// },
    {
      slug: 'caching',
      title: 'Reading through the cache',
      guide: 'caching',
      files: /^(caching|entries|evictions)\/|^keyspace\/deferring/,
    },
    { slug: 'decorators', title: 'Decorators', guide: 'decorators', files: /^decorators\/(?!.*lua-script)/ },
    { slug: 'errors', title: 'Errors', guide: 'errors', files: /^errors\// },
    { slug: 'codecs', title: 'Codecs and schemas', guide: 'values', files: /^codec\// },
    { slug: 'diagnostics', title: 'Statistics and diagnostics', guide: 'observability', files: /^observability\// },
  ],
  Commands: [
    { slug: 'values', title: 'Values', guide: 'methods', files: /^commands\/(string|conditional|storing|text)\b/ },
    { slug: 'keys', title: 'Keys', guide: 'methods', files: /^keyspace\/|^commands\/(key|iteration|scan)\b/ },
    { slug: 'hashes', title: 'Hashes', guide: 'methods', files: /^commands\/hash\b/ },
    { slug: 'lists', title: 'Lists', guide: 'methods', files: /^commands\/(blocking-)?list\b/ },
    { slug: 'sets', title: 'Sets', guide: 'methods', files: /^commands\/set\b/ },
    {
      slug: 'sorted-sets',
      title: 'Sorted sets',
      guide: 'methods',
      files: /^commands\/((blocking-)?sorted-set|lex|score)\b/,
    },
    { slug: 'geo', title: 'Geo', guide: 'methods', files: /^commands\/geo\b/ },
    {
      slug: 'bitmaps',
      title: 'Bitmaps and HyperLogLogs',
      guide: 'methods',
      files: /^commands\/(bit-fields|bitmap|hyper)/,
    },
    { slug: 'streams', title: 'Streams', guide: 'streams', files: /^(commands\/stream\b|streams\/)/ },
    { slug: 'pubsub', title: 'Pub/sub', guide: 'pubsub', files: /^(commands\/publishing|pubsub\/|subscribers\/)/ },
    { slug: 'pipelines', title: 'Pipelines', guide: 'pipelines', files: /^pipeline\// },
    { slug: 'scripts', title: 'Lua scripts', guide: 'scripts', files: /^(scripting\/|decorators\/)/ },
    { slug: 'locks', title: 'Locks, semaphores and leaders', guide: 'locks', files: /^locking\// },
    { slug: 'rate-limits', title: 'Rate limits', guide: 'rate-limits', files: /^rate-limiting\// },
    { slug: 'shared', title: 'Shared types', files: /^(arguments|command-model|commands)\// },
  ],
  'Sub-paths': [
    { slug: 'admin', title: 'nest-cachex/admin', guide: 'admin', files: /^admin\// },
    { slug: 'drizzle', title: 'nest-cachex/drizzle', guide: 'drizzle', files: /^drizzle\// },
    { slug: 'graphql', title: 'nest-cachex/graphql', guide: 'graphql', files: /^graphql\// },
    { slug: 'health', title: 'nest-cachex/health', guide: 'observability', files: /^health\// },
    { slug: 'keyv', title: 'nest-cachex/keyv', guide: 'keyv', files: /^keyv\// },
    { slug: 'metrics', title: 'nest-cachex/metrics', guide: 'observability', files: /^metrics\// },
    { slug: 'opentelemetry', title: 'nest-cachex/opentelemetry', guide: 'observability', files: /^opentelemetry\// },
    { slug: 'session', title: 'nest-cachex/session', guide: 'session', files: /^session\// },
    { slug: 'testing', title: 'nest-cachex/testing', guide: 'testing', files: /^testing\// },
    { slug: 'throttler', title: 'nest-cachex/throttler', guide: 'throttler', files: /^throttler\// },
    { slug: 'typeorm', title: 'nest-cachex/typeorm', guide: 'typeorm', files: /^typeorm\// },
  ],
};

const all = Object.values(apiGroups).flat();

/** @throws Error for a file of no page: name it in the table. */
export function apiPageOf(file: string): ApiPage {
  const page = all.find(({ files }) => files.test(file));
  if (!page) throw new Error(`lib/${file}: name the page of its public names in docs/.vitepress/api/pages.ts`);
  return page;
}

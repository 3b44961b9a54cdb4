/** The pages in the order in which a new user reads them: files in `docs/`, without their endings. */
export const groups: Readonly<Record<string, readonly string[]>> = {
  'Set up': ['getting-started', 'configuration', 'values', 'encryption', 'topologies', 'managed-services'],
  Caching: ['caching', 'transactions', 'tenants', 'decorators', 'http', 'tracking'],
  Redis: ['methods', 'pipelines', 'scripts', 'streams', 'pubsub'],
  Coordination: ['locks', 'rate-limits', 'scheduling', 'idempotency'],
  'Under other packages': ['throttler', 'keyv', 'session', 'drizzle', 'typeorm', 'graphql', 'recipes'],
  'In production': ['production', 'when-redis-is-away', 'errors', 'observability', 'admin'],
  Testing: ['testing', 'embedded-engine'],
  'Ways over': [
    'migration',
    'from-cache-manager',
    'from-keyv',
    'from-bentocache',
    'from-nestjs-redis',
    'from-redlock',
    'from-connect-redis',
    'from-throttler-storage',
    'from-django-cachex',
  ],
  Choosing: ['playground', 'comparison', 'benchmarks', 'growth', 'compatibility', 'glossary'],
};

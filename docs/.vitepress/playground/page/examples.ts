import cachedValue from '../examples/cached-value.ts?raw';
import localCopies from '../examples/local-copies.ts?raw';
import lock from '../examples/lock.ts?raw';
import oneLoad from '../examples/one-load.ts?raw';
import rateLimit from '../examples/rate-limit.ts?raw';
import redisAway from '../examples/redis-away.ts?raw';
import staleCopy from '../examples/stale-copy.ts?raw';
import stream from '../examples/stream.ts?raw';
import tags from '../examples/tags.ts?raw';

export const examples: readonly { readonly title: string; readonly code: string }[] = [
  { title: 'A cached value', code: cachedValue },
  { title: 'Six callers, one load', code: oneLoad },
  { title: 'Tags', code: tags },
  { title: 'A stale copy', code: staleCopy },
  { title: 'Redis goes away', code: redisAway },
  { title: 'A lock changes hands', code: lock },
  { title: 'Local copies', code: localCopies },
  { title: 'A rate limit', code: rateLimit },
  { title: 'A stream', code: stream },
];

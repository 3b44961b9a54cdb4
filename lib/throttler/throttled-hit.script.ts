import { defineScript } from '../command-model/script.js';
import { clockLua } from '../scripting/clock.lua.js';

export const throttledHitScript = defineScript(
  'cachex:throttled-hit',
  `-- Counts a hit of @nestjs/throttler as its own storage does: a window that slides, and a block.
-- KEYS[1]  while blocked, text: the number of hits. Otherwise the hits that count, by when they stop to, in µs
-- ARGV[1]  how long a hit counts, in ms
-- ARGV[2]  the limit
-- ARGV[3]  how long whoever exceeds it is blocked, in ms; 0: until there is room again
-- RETURNS  number of hits; ms until the oldest counts no longer; 1 or 0: blocked; ms until that ends
${clockLua}
local key, ttl, limit, block = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

if redis.call('TYPE', key).ok == 'string' then
  local left = redis.call('PTTL', key)
  return {tonumber(redis.call('GET', key)), left, 1, left}
end

local now = serverTime(key)
redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now))
local hits = redis.call('ZCARD', key)

-- Where none may come ever, whoever asks is not to ask again at once.
local function msUntilOldestEnds()
  local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  return oldest[2] and math.ceil((tonumber(oldest[2]) - now) / 1000) or ttl
end

if block <= 0 and hits >= limit then
  local left = msUntilOldestEnds()
  return {hits + 1, left, 1, left}
end
if block > 0 and hits + 1 > limit then
  redis.call('SET', key, string.format('%.0f', hits + 1), 'PX', string.format('%.0f', block))
  return {hits + 1, block, 1, block}
end
-- Its name is of no other: those that came in this very moment are all still counted.
redis.call('ZADD', key, string.format('%.0f', now + ttl * 1000), string.format('%.0f:%.0f', now, hits))
redis.call('PEXPIRE', key, string.format('%.0f', math.max(ttl, redis.call('PTTL', key))))
return {hits + 1, msUntilOldestEnds(), 0, 0}
`,
);

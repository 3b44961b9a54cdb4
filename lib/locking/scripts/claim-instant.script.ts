import { defineScript } from '../../command-model/script.js';
import { clockLua } from '../../scripting/clock.lua.js';

export const claimInstantScript = defineScript(
  'cachex:claim-instant',
  `-- Claims an instant, where none so near was claimed before.
-- KEYS[1]  the instants that were claimed, by themselves
-- ARGV[1]  the instant, in ms, by the clock of the caller
-- ARGV[2]  how far the nearest has to be away, in ms
-- ARGV[3]  how long a claim is kept, in ms
-- RETURNS  1 where it was claimed, 0 where not
${clockLua}
local claims, instant, window, kept = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local function bound(ms)
  return string.format('(%.0f', ms)
end

-- A caller whose clock is ahead must not have the claims of the others dropped, nor one that is behind its own.
redis.call('ZREMRANGEBYSCORE', claims, '-inf', bound(math.min(instant, clock(claims)) - kept))
if redis.call('ZRANGEBYSCORE', claims, bound(instant - window), bound(instant + window), 'LIMIT', 0, 1)[1] then
  return 0
end
redis.call('ZADD', claims, instant, ARGV[1])
redis.call('PEXPIRE', claims, kept)
return 1
`,
);

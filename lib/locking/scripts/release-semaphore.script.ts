import { defineScript } from '../../command-model/script.js';
import { claimsLua } from './claims.lua.js';
import { clockLua } from '../../scripting/clock.lua.js';
import { lateLua } from './late.lua.js';
import { lineLua } from './line.lua.js';

export const releaseSemaphoreScript = defineScript(
  'cachex:release-semaphore',
  `-- Gives a claim back where the caller has one, takes the caller from the line, and wakes the first there where it fits.
-- KEYS[1]  claims, by the time that their leases end
-- KEYS[2]  a copy of them
-- KEYS[3]  the line: who waits, by the time they came
-- KEYS[4]  who waits, by the time they count as gone
-- KEYS[5]  where requests before this one may still arrive: the number of the caller's first that is not refused
-- ARGV[1]  the caller's token, <instance>:<number>:<weight>
-- ARGV[2]  the number of the request
-- ARGV[3]  what the names of the instances' channels begin with
-- ARGV[4]  capacity
-- RETURNS  1 where there was a claim, 0 where not
${clockLua}${lineLua}${claimsLua}
local claims, copy, line, seen, token = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1]
local now = clock(claims)
local room = tonumber(ARGV[4]) - weightOfClaims(claims, copy, now)
local released = redis.call('ZREM', claims, token)
redis.call('ZREM', copy, token)
leaveLine(line, seen, token)
if KEYS[5] then
${lateLua}
  -- After a script has taken something away, a full server lets it write.
  supersede(KEYS[5], ARGV[2])
end
local first = firstInLine(line, seen, now)
if first and weightOf(first) <= room + released * weightOf(token) then
  wake(seen, ARGV[3], first, now)
end
return released
`,
);

import { defineScript } from '../../scripting/script.js';
import { claimsLua } from './claims.lua.js';
import { clockLua } from './clock.lua.js';
import { lineLua } from './line.lua.js';

export const releaseSemaphoreScript = defineScript(
  'cachex:release-semaphore',
  `-- Gives a claim back where the caller has one, takes the caller from the line, and wakes the first there where it fits.
-- KEYS[1]  claims, by the time that their leases end
-- KEYS[2]  a copy of them
-- KEYS[3]  the line: who waits, by the time they came
-- KEYS[4]  who waits, by the time they count as gone
-- ARGV[1]  the caller's token, <instance>:<number>:<weight>
-- ARGV[2]  what the names of the instances' channels begin with
-- ARGV[3]  capacity
-- RETURNS  1 where there was a claim, 0 where not
${clockLua}${lineLua}${claimsLua}
local claims, copy, line, seen, token = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1]
local now = clock()
local room = tonumber(ARGV[3]) - weightOfClaims(claims, copy, now)
local released = redis.call('ZREM', claims, token)
redis.call('ZREM', copy, token)
leaveLine(line, seen, token)
local first = firstInLine(line, seen, now)
if first and weightOf(first) <= room + released * weightOf(token) then
  wake(seen, ARGV[2], first, now)
end
return released
`,
);

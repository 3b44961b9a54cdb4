import { defineScript } from '../../command-model/script.js';
import { claimsLua } from './claims.lua.js';
import { clockLua } from '../../scripting/clock.lua.js';
import { fenceLua } from './fence.lua.js';
import { lateLua } from './late.lua.js';
import { lineLua } from './line.lua.js';

export const acquireSemaphoreScript = defineScript(
  'cachex:acquire-semaphore',
  `-- Claims a part of a semaphore where there is room and nobody was there before; joins the line otherwise.
-- KEYS[1]  claims, by the time that their leases end
-- KEYS[2]  a copy of them
-- KEYS[3]  the line: who waits, by the time they came
-- KEYS[4]  who waits, by the time they count as gone
-- KEYS[5]  the number of the caller's first request that is not refused
-- KEYS[6]  the last fencing token
-- ARGV[1]  the caller's token, <instance>:<number>:<weight>
-- ARGV[2]  the number of the request
-- ARGV[3]  1: those before it may still arrive, and are refused from now on
-- ARGV[4]  length of the lease, in ms
-- ARGV[5]  1: join the line, 0: do not
-- ARGV[6]  what the names of the instances' channels begin with
-- ARGV[7]  capacity
-- RETURNS  a fencing token (a number), or ms after which it is worth another try (text)
${clockLua}${lateLua}${lineLua}${claimsLua}${fenceLua}
local claims, copy, line, seen, token = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1]
if isLate(KEYS[5], ARGV[2], ARGV[3]) then
  return tostring(turn)
end
local now = clock(claims)
local room = tonumber(ARGV[7]) - weightOfClaims(claims, copy, now)
local first = firstInLine(line, seen, now)
-- Of an answer that the caller never got.
local claimed = redis.call('ZSCORE', claims, token)

if claimed or (weightOf(token) <= room and (not first or first == token)) then
  setClaim(claims, copy, token, now + ARGV[4])
  if first then
    leaveLine(line, seen, token)
    first = firstInLine(line, seen, now)
    if first and weightOf(first) <= room - (claimed and 0 or weightOf(token)) then
      wake(seen, ARGV[6], first, now)
    end
  end
  return nextFence(KEYS[6])
end

if ARGV[5] == '1' then
  joinLine(line, seen, token, now)
end
if first and first ~= token and weightOf(first) <= room then
  wake(seen, ARGV[6], first, now)
  return tostring(turn)
end
local ends = redis.call('ZRANGE', claims, 0, 0, 'WITHSCORES')[2]
return tostring(ends and math.ceil(ends - now) or turn)
`,
);

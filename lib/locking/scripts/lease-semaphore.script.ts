import { defineScript } from '../../command-model/script.js';
import { claimsLua } from './claims.lua.js';
import { clockLua } from '../../scripting/clock.lua.js';
import { lateLua } from './late.lua.js';

export const leaseSemaphoreScript = defineScript(
  'cachex:lease-semaphore',
  `-- Changes how long a claim on a semaphore is still leased, where it lasts.
-- KEYS[1]  claims, by the time that their leases end
-- KEYS[2]  a copy of them
-- KEYS[3]  the number of the caller's first request that is not refused
-- ARGV[1]  the caller's token
-- ARGV[2]  the number of the request
-- ARGV[3]  1: those before it may still arrive, and are refused from now on
-- ARGV[4]  set: to that many ms, add: by that many, keep: not at all
-- ARGV[5]  ms
-- RETURNS  ms that are left, -1 where there is no such claim
${clockLua}${claimsLua}${lateLua}
if isLate(KEYS[3], ARGV[2], ARGV[3]) then
  return -1
end
local now = clock(KEYS[1])
weightOfClaims(KEYS[1], KEYS[2], now)
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not ends then
  return -1
end
local left, ms = ends - now, tonumber(ARGV[5])
if ARGV[4] == 'keep' then
  return math.floor(left)
end
if ARGV[4] == 'add' then
  ms = left + ms
end
setClaim(KEYS[1], KEYS[2], ARGV[1], now + ms)
return math.floor(ms)
`,
);

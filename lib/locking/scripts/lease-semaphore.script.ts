import { defineScript } from '../../scripting/script.js';
import { claimsLua } from './claims.lua.js';
import { clockLua } from './clock.lua.js';

export const leaseSemaphoreScript = defineScript(
  'cachex:lease-semaphore',
  `-- Changes how long a claim on a semaphore is still leased, where it lasts.
-- KEYS[1]  claims, by the time that their leases end
-- KEYS[2]  a copy of them
-- ARGV[1]  the caller's token
-- ARGV[2]  set: to that many ms, add: by that many, keep: to no less than that many
-- ARGV[3]  ms
-- RETURNS  ms that are left, -1 where there is no such claim
${clockLua}${claimsLua}
local now = clock()
weightOfClaims(KEYS[1], KEYS[2], now)
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not ends then
  return -1
end
local left, ms = ends - now, tonumber(ARGV[3])
if ARGV[2] == 'keep' and left >= ms then
  return math.floor(left)
end
if ARGV[2] == 'add' then
  ms = left + ms
end
setClaim(KEYS[1], KEYS[2], ARGV[1], now + ms)
return math.floor(ms)
`,
);

import { defineScript } from '../../command-model/script.js';
import { clockLua } from '../../scripting/clock.lua.js';

export const gcraScript = defineScript(
  'cachex:gcra',
  `-- The generic cell rate algorithm: consumes where that is not too early; looks only, where it is told to.
-- KEYS[1]  when all that was consumed is made up for, in µs
-- ARGV[1]  how long one takes to be made up for, in µs
-- ARGV[2]  how much may come at once
-- ARGV[3]  what to consume
-- ARGV[4]  1: consume it, 0: look only
-- RETURNS  1 or 0: allowed; what is left; µs until all of it is there again; µs until the same is allowed
${clockLua}
local key, pace, burst, cost = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local now = serverTime(KEYS[1])
local full = pace * burst
-- No longer than that: the server's clock may have been set back.
local debt = math.min(full, math.max(0, tonumber(redis.call('GET', key) or 0) - now))
local after = debt + pace * cost

local function left(owed)
  return math.floor((full - owed) / pace + 0.000001)
end

if after > full + 0.5 then
  return {0, left(debt), math.ceil(debt), math.ceil(after - full)}
end
if ARGV[4] == '0' then
  return {1, left(debt), math.ceil(debt), 0}
end
redis.call('SET', key, string.format('%.3f', now + after), 'PX', math.ceil(after / 1000) + 1)
return {1, left(after), math.ceil(after), 0}
`,
);

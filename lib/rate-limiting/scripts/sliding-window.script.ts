import { defineScript } from '../../command-model/script.js';
import { clockLua } from '../../scripting/clock.lua.js';

export const slidingWindowScript = defineScript(
  'cachex:sliding-window',
  `-- Consumes where no window of that length holds more than the limit; looks only, where it is told to.
-- KEYS[1]  calls of the last window, the oldest first, each as <time in µs>:<sum before it>:<sum after it>
-- ARGV[1]  the limit
-- ARGV[2]  length of the window, in µs
-- ARGV[3]  what to consume
-- ARGV[4]  1: consume it, 0: look only
-- RETURNS  1 or 0: allowed; what is left; µs until all of it is there again; µs until the same is allowed
${clockLua}
local calls, limit, window, cost = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

local function callAt(index)
  local call = redis.call('LINDEX', calls, index)
  if not call then
    return nil
  end
  local time, before, after = string.match(call, '(%d+):(%d+):(%d+)')
  return {time = tonumber(time), before = tonumber(before), after = tonumber(after)}
end

local last = callAt(-1)
-- The server's clock may have been set back.
local now = math.max(serverTime(KEYS[1]), last and last.time or 0)
local first = callAt(0)
while first and first.time <= now - window do
  redis.call('LPOP', calls)
  first = callAt(0)
end
if not first then
  last = nil
end
local start = first and first.before or 0
local sum = last and last.after or 0
local used = sum - start

if used + cost <= limit then
  if ARGV[4] == '0' then
    return {1, limit - used, last and last.time + window - now or 0, 0}
  end
  redis.call('RPUSH', calls, string.format('%.0f:%.0f:%.0f', now, sum, sum + cost))
  redis.call('PEXPIRE', calls, math.ceil(window / 1000) + 1)
  return {1, limit - used - cost, window, 0}
end

-- The call whose leaving makes room, by halving.
local needed = start + used + cost - limit
local low, high = 0, redis.call('LLEN', calls) - 1
while low < high do
  local middle = math.floor((low + high) / 2)
  if callAt(middle).after >= needed then
    high = middle
  else
    low = middle + 1
  end
end
return {0, math.max(0, limit - used), last.time + window - now, callAt(low).time + window - now}
`,
);

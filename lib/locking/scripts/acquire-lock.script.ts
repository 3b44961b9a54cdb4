import { defineScript } from '../../command-model/script.js';
import { clockLua } from '../../scripting/clock.lua.js';
import { fenceLua } from './fence.lua.js';
import { lateLua } from './late.lua.js';
import { lineLua } from './line.lua.js';

export const acquireLockScript = defineScript(
  'cachex:acquire-lock',
  `-- Takes locks, all or none: where they are free, and nobody was there before; joins their lines otherwise.
-- KEYS[1]  the lock: the token of its owner
-- KEYS[2]  its queue: who waits, by the time they came
-- KEYS[3]  who waits, by the time they count as gone; then the three of each further lock
-- KEYS[4]  after those: the number of the caller's first request that is not refused
-- KEYS[5]  and on: of each lock the last fencing token, where one is wanted
-- ARGV[1]  the caller's token, <instance>:<number>:<weight>
-- ARGV[2]  the number of the request
-- ARGV[3]  1: those before it may still arrive, and are refused from now on
-- ARGV[4]  length of the lease, in ms
-- ARGV[5]  1: join the line, 0: do not
-- ARGV[6]  what the names of the instances' channels begin with
-- ARGV[7]  how many locks there are
-- RETURNS  a fencing token (a number), or ms after which it is worth another try (text)
${clockLua}${fenceLua}
local token, ofLocks = ARGV[1], 3 * ARGV[7]
local late = KEYS[ofLocks + 1]
-- Most of the time there is one lock and nobody there, and all that follows not needed.
if ofLocks == 3 and ARGV[3] == '0' and redis.call('EXISTS', KEYS[2], late) == 0
  and redis.call('SET', KEYS[1], token, 'NX', 'PX', ARGV[4]) then
  return KEYS[5] and nextFence(KEYS[5]) or 0
end
local function take()
  for i = 1, ofLocks, 3 do
    redis.call('SET', KEYS[i], token, 'PX', ARGV[4])
  end
  return nextFenceOf({unpack(KEYS, ofLocks + 2)})
end
${lateLua}${lineLua}
if isLate(late, ARGV[2], ARGV[3]) then
  return tostring(turn)
end
local now = clock(KEYS[1])
local isFree, isInLine, hasPlaces, rest = true, false, true, 0
local nexts = {}
for i = 1, ofLocks, 3 do
  local lock, line, seen = KEYS[i], KEYS[i + 1], KEYS[i + 2]
  local first = redis.call('EXISTS', line) == 1 and firstInLine(line, seen, now)
  isInLine = isInLine or first
  hasPlaces = hasPlaces and first and redis.call('ZSCORE', line, token)
  local owner = redis.call('GET', lock)
  -- The caller may have it, of an answer that it never got.
  if owner and owner ~= token then
    local ends = redis.call('PTTL', lock)
    rest = (ends < 0 or rest < 0) and -1 or math.max(rest, ends)
    isFree = false
  elseif not owner and first and first ~= token then
    nexts[seen] = first
    isFree = false
  end
end

local function leaveLines()
  for i = 1, ofLocks, 3 do
    leaveLine(KEYS[i + 1], KEYS[i + 2], token)
  end
end

if isFree then
  if isInLine then
    leaveLines()
  end
  return take()
end

if ARGV[5] == '1' then
  -- All places are of one moment, so that no two wait for each other, each before the other in another line.
  if isInLine and not hasPlaces then
    leaveLines()
  end
  for i = 1, ofLocks, 3 do
    joinLine(KEYS[i + 1], KEYS[i + 2], token, now)
  end
end
for seen, first in pairs(nexts) do
  wake(seen, ARGV[6], first, now)
  rest = rest < 0 and rest or math.max(rest, turn)
end
return tostring(rest)
`,
);

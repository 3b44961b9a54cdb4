import { defineScript } from '../../command-model/script.js';
import { clockLua } from '../../scripting/clock.lua.js';
import { fenceLua } from './fence.lua.js';
import { lateLua } from './late.lua.js';
import { lineLua } from './line.lua.js';

export const acquireLockScript = defineScript(
  'cachex:acquire-lock',
  `-- Takes a lock where it is free and nobody was there before; joins the line otherwise.
-- KEYS[1]  the lock: the token of its owner
-- KEYS[2]  the line: who waits, by the time they came
-- KEYS[3]  who waits, by the time they count as gone
-- KEYS[4]  the number of the caller's first request that is not refused
-- KEYS[5]  the last fencing token, where one is wanted
-- ARGV[1]  the caller's token, <instance>:<number>:<weight>
-- ARGV[2]  the number of the request
-- ARGV[3]  1: those before it may still arrive, and are refused from now on
-- ARGV[4]  length of the lease, in ms
-- ARGV[5]  1: join the line, 0: do not
-- ARGV[6]  what the names of the instances' channels begin with
-- RETURNS  a fencing token (a number), or ms after which it is worth another try (text)
${clockLua}${fenceLua}
local lock, line, seen, late, token = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1]
local function take()
  return redis.call('SET', lock, token, 'NX', 'PX', ARGV[4])
end

-- Most of the time nobody is there, and all that follows not needed.
if ARGV[3] == '0' and redis.call('EXISTS', line, late) == 0 and take() then
  return nextFence(KEYS[5])
end
${lateLua}${lineLua}
if isLate(late, ARGV[2], ARGV[3]) then
  return tostring(turn)
end
local now = clock(lock)
local first = redis.call('EXISTS', line) == 1 and firstInLine(line, seen, now)
local owner
local taken = (not first or first == token) and take()
if not taken then
  owner = redis.call('GET', lock)
  -- Of an answer that the caller never got.
  taken = owner == token and redis.call('PEXPIRE', lock, ARGV[4])
end
if taken then
  if first then
    leaveLine(line, seen, token)
  end
  return nextFence(KEYS[5])
end

if ARGV[5] == '1' then
  joinLine(line, seen, token, now)
end
if owner then
  return tostring(redis.call('PTTL', lock))
end
wake(seen, ARGV[6], first, now)
return tostring(turn)
`,
);

import { defineScript } from '../../scripting/script.js';
import { clockLua } from './clock.lua.js';
import { fenceLua } from './fence.lua.js';
import { lineLua } from './line.lua.js';

export const acquireLockScript = defineScript(
  'cachex:acquire-lock',
  `-- Takes a lock where it is free and nobody was there before; joins the line otherwise.
-- KEYS[1]  the lock: the token of its owner
-- KEYS[2]  the line: who waits, by the time they came
-- KEYS[3]  who waits, by the time they count as gone
-- KEYS[4]  the last fencing token
-- ARGV[1]  the caller's token, <instance>:<number>:<weight>
-- ARGV[2]  length of the lease, in ms
-- ARGV[3]  1: join the line, 0: do not
-- ARGV[4]  what the names of the instances' channels begin with
-- RETURNS  a fencing token (a number), or ms after which it is worth another try (text)
${fenceLua}
local lock, line, seen, token = KEYS[1], KEYS[2], KEYS[3], ARGV[1]
local function take()
  return redis.call('SET', lock, token, 'NX', 'PX', ARGV[2])
end

-- Most of the time nobody is there, and all that follows not needed.
local somebodyWaits = redis.call('EXISTS', line) == 1
if not somebodyWaits and take() then
  return nextFence(KEYS[4])
end
${clockLua}${lineLua}
local now = clock()
local first = somebodyWaits and firstInLine(line, seen, now)
local owner
local taken = somebodyWaits and (not first or first == token) and take()
if not taken then
  owner = redis.call('GET', lock)
  -- Of an answer that the caller never got.
  taken = owner == token and redis.call('PEXPIRE', lock, ARGV[2])
end
if taken then
  if first then
    leaveLine(line, seen, token)
  end
  return nextFence(KEYS[4])
end

if ARGV[3] == '1' then
  joinLine(line, seen, token, now)
end
if owner then
  return tostring(redis.call('PTTL', lock))
end
wake(seen, ARGV[4], first, now)
return tostring(turn)
`,
);

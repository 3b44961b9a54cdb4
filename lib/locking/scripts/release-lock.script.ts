import { defineScript } from '../../command-model/script.js';
import { clockLua } from '../../scripting/clock.lua.js';
import { lateLua } from './late.lua.js';
import { lineLua } from './line.lua.js';

export const releaseLockScript = defineScript(
  'cachex:release-lock',
  `-- Frees locks where they are the caller's, takes the caller from their lines, and wakes the first in each.
-- KEYS[1]  the lock: the token of its owner
-- KEYS[2]  its queue: who waits, by the time they came
-- KEYS[3]  who waits, by the time they count as gone; then the three of each further lock
-- KEYS[4]  after those, where earlier requests may still arrive: the number of the caller's first that is not refused
-- ARGV[1]  the caller's token, <instance>:<number>:<weight>
-- ARGV[2]  the number of the request
-- ARGV[3]  what the names of the instances' channels begin with
-- RETURNS  1 where all were the caller's, 0 where not
local token, ofLocks = ARGV[1], #KEYS - #KEYS % 3
local late = KEYS[ofLocks + 1]
local released, owners, isAwaited = 1, {}, false
for i = 1, ofLocks, 3 do
  owners[i] = redis.call('GET', KEYS[i])
  if owners[i] == token then
    redis.call('DEL', KEYS[i])
  else
    released = 0
  end
  if late then
    -- After a script has taken something away, a full server lets it write.
    redis.call('ZREM', KEYS[i + 1], token)
  end
  isAwaited = isAwaited or redis.call('EXISTS', KEYS[i + 1]) == 1
end
if late then
${lateLua}
  supersede(late, ARGV[2])
end
if not isAwaited then
  return released
end
${clockLua}${lineLua}
for i = 1, ofLocks, 3 do
  local line, seen = KEYS[i + 1], KEYS[i + 2]
  if redis.call('EXISTS', line) == 1 then
    local now = clock(line)
    leaveLine(line, seen, token)
    local first = firstInLine(line, seen, now)
    if first and (not owners[i] or owners[i] == token) then
      wake(seen, ARGV[3], first, now)
    end
  end
end
return released
`,
);

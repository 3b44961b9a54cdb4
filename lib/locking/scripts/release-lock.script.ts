import { defineScript } from '../../command-model/script.js';
import { clockLua } from '../../scripting/clock.lua.js';
import { lateLua } from './late.lua.js';
import { lineLua } from './line.lua.js';

export const releaseLockScript = defineScript(
  'cachex:release-lock',
  `-- Frees a lock where it is the caller's, takes the caller from the line, and wakes the first there.
-- KEYS[1]  the lock: the token of its owner
-- KEYS[2]  the line: who waits, by the time they came
-- KEYS[3]  who waits, by the time they count as gone
-- KEYS[4]  where requests before this one may still arrive: the number of the caller's first that is not refused
-- ARGV[1]  the caller's token, <instance>:<number>:<weight>
-- ARGV[2]  the number of the request
-- ARGV[3]  what the names of the instances' channels begin with
-- RETURNS  1 where it was the caller's, 0 where not
local lock, line, seen, token = KEYS[1], KEYS[2], KEYS[3], ARGV[1]
local owner = redis.call('GET', lock)
local released = owner == token and redis.call('DEL', lock) or 0
if KEYS[4] then
${lateLua}
  -- After a script has taken something away, a full server lets it write.
  redis.call('ZREM', line, token)
  supersede(KEYS[4], ARGV[2])
end
if redis.call('EXISTS', line) == 0 then
  return released
end
${clockLua}${lineLua}
local now = clock(line)
leaveLine(line, seen, token)
local first = firstInLine(line, seen, now)
if first and (not owner or owner == token) then
  wake(seen, ARGV[3], first, now)
end
return released
`,
);

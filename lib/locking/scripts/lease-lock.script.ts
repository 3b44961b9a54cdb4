import { defineScript } from '../../command-model/script.js';
import { lateLua } from './late.lua.js';

export const leaseLockScript = defineScript(
  'cachex:lease-lock',
  `-- Changes how long locks are still leased, where all are the caller's.
-- KEYS[1]  the number of the caller's first request that is not refused
-- KEYS     the locks: the tokens of their owners
-- ARGV[1]  the caller's token
-- ARGV[2]  the number of the request
-- ARGV[3]  1: those before it may still arrive, and are refused from now on
-- ARGV[4]  set: to that many ms, add: by that many, keep: not at all
-- ARGV[5]  ms
-- RETURNS  ms that are left, -1 where one is not the caller's
${lateLua}
if isLate(KEYS[1], ARGV[2], ARGV[3]) then
  return -1
end
local left = math.huge
for i = 2, #KEYS do
  if redis.call('GET', KEYS[i]) ~= ARGV[1] then
    return -1
  end
  left = math.min(left, redis.call('PTTL', KEYS[i]))
end
if ARGV[4] == 'keep' then
  return left
end
local ms = (ARGV[4] == 'add' and left or 0) + ARGV[5]
for i = 2, #KEYS do
  redis.call('PEXPIRE', KEYS[i], ms)
end
return ms
`,
);

import { defineScript } from '../../command-model/script.js';
import { lateLua } from './late.lua.js';

export const leaseLockScript = defineScript(
  'cachex:lease-lock',
  `-- Changes how long a lock is still leased, where it is the caller's.
-- KEYS[1]  the lock: the token of its owner
-- KEYS[2]  the number of the caller's first request that is not refused
-- ARGV[1]  the caller's token
-- ARGV[2]  the number of the request
-- ARGV[3]  1: those before it may still arrive, and are refused from now on
-- ARGV[4]  set: to that many ms, add: by that many, keep: not at all
-- ARGV[5]  ms
-- RETURNS  ms that are left, -1 where it is not the caller's
${lateLua}
if isLate(KEYS[2], ARGV[2], ARGV[3]) or redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return -1
end
local left, ms = redis.call('PTTL', KEYS[1]), tonumber(ARGV[5])
if ARGV[4] == 'keep' then
  return left
end
if ARGV[4] == 'add' then
  ms = left + ms
end
redis.call('PEXPIRE', KEYS[1], ms)
return ms
`,
);

import { defineScript } from '../../scripting/script.js';

export const leaseLockScript = defineScript(
  'cachex:lease-lock',
  `-- Changes how long a lock is still leased, where it is the caller's.
-- KEYS[1]  the lock: the token of its owner
-- ARGV[1]  the caller's token
-- ARGV[2]  set: to that many ms, add: by that many, keep: to no less than that many
-- ARGV[3]  ms
-- RETURNS  ms that are left, -1 where it is not the caller's
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return -1
end
local left, ms = redis.call('PTTL', KEYS[1]), tonumber(ARGV[3])
if ARGV[2] == 'keep' and left >= ms then
  return left
end
if ARGV[2] == 'add' then
  ms = left + ms
end
redis.call('PEXPIRE', KEYS[1], ms)
return ms
`,
);

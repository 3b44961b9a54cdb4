import { defineScript } from '../../command-model/script.js';

export const exchangeScript = defineScript(
  'cachex:admin-exchange',
  `-- Changes an item of a collection that is what somebody has seen.
-- KEYS[1]  the collection
-- ARGV[1]  HGET, LINDEX or ZSCORE: the command that gives the item
-- ARGV[2]  which item
-- ARGV[3]  what the command gave
-- ARGV[4]  the command that changes it, with ARGV[5], ARGV[6] and on as its arguments
-- RETURNS  1 where it was changed, else 0
if redis.call(ARGV[1], KEYS[1], ARGV[2]) ~= ARGV[3] then
  return 0
end
-- What follows a change is tried before it, without effect: a user who may do one alone must not be left halfway.
if ARGV[4] == 'LREM' then
  redis.call('LREM', KEYS[1], 1, ARGV[6])
  redis.call('LSET', KEYS[1], ARGV[5], ARGV[6])
  redis.call('LREM', KEYS[1], 1, ARGV[6])
elseif ARGV[4] == 'HSET' then
  -- A field that expires would no longer; older servers know of none.
  local ends = redis.pcall('HPEXPIRETIME', KEYS[1], 'FIELDS', 1, ARGV[5])
  if ends.err then
    if not string.find(ends.err, '[Uu]nknown') then
      return ends
    end
  elseif ends[1] > 0 then
    redis.call('HPEXPIREAT', KEYS[1], ends[1], 'FIELDS', 1, ARGV[5])
  end
  redis.call('HSET', KEYS[1], ARGV[5], ARGV[6])
  if not ends.err and ends[1] > 0 then
    redis.call('HPEXPIREAT', KEYS[1], ends[1], 'FIELDS', 1, ARGV[5])
  end
else
  redis.call(ARGV[4], KEYS[1], unpack(ARGV, 5))
end
return 1
`,
);

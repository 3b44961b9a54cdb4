import { defineScript } from '../../command-model/script.js';

export const exchangeScript = defineScript(
  'cachex:admin-exchange',
  `-- Changes an item of a collection if it is still the one that the page showed.
-- KEYS[1]  the collection
-- ARGV[1]  HGET, LINDEX or ZSCORE: the command that reads the item
-- ARGV[2]  the field, index or member
-- ARGV[3]  the expected reply
-- ARGV[4]  the command that changes it, with ARGV[5], ARGV[6] and so on as its arguments
-- RETURNS  1 if it was changed, else 0
if redis.call(ARGV[1], KEYS[1], ARGV[2]) ~= ARGV[3] then
  return 0
end
-- Tries the later commands first, without effect: a user who may run only one of them must not stop halfway.
if ARGV[4] == 'LREM' then
  redis.call('LREM', KEYS[1], 1, ARGV[6])
  redis.call('LSET', KEYS[1], ARGV[5], ARGV[6])
  redis.call('LREM', KEYS[1], 1, ARGV[6])
elseif ARGV[4] == 'HSET' then
  -- HSET removes the expiry of a field. Older servers have no such expiry.
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

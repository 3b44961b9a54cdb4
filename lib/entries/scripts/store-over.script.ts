import { defineScript } from '../../command-model/script.js';

export const storeOverScript = defineScript(
  'cachex:store-over',
  `-- Stores a value where nobody has written the key since it was read: the same bytes again have another end.
-- KEYS[1]  the entry
-- ARGV[1]  the SHA-1 digest of its bytes, as hex
-- ARGV[2]  when it ends, as PEXPIRETIME gives it
-- ARGV[3]  the value
-- ARGV[4]  and on: its time to live, as SET takes it
-- RETURNS  1 where it was stored, else 0
if redis.call('PEXPIRETIME', KEYS[1]) ~= tonumber(ARGV[2]) then
  return 0
end
if redis.sha1hex(redis.call('GET', KEYS[1])) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[3], unpack(ARGV, 4))
return 1
`,
);

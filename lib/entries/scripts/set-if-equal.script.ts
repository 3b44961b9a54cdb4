import { defineScript } from '../../command-model/script.js';

export const setIfEqualScript = defineScript(
  'cachex:set-if-equal',
  `-- Stores a value where the key has the expected one.
-- KEYS[1]  the entry
-- ARGV[1]  the bytes that are expected
-- ARGV[2]  the value
-- ARGV[3]  and on: its time to live, as SET takes it
-- RETURNS  1 where it was stored, else 0
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], unpack(ARGV, 3))
return 1
`,
);

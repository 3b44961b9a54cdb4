import { defineScript } from '../../command-model/script.js';

export const deleteIfEqualScript = defineScript(
  'cachex:delete-if-equal',
  `-- Deletes a key where it has the expected value.
-- KEYS[1]  the entry
-- ARGV[1]  the bytes that are expected
-- RETURNS  1 where it was deleted, else 0
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('UNLINK', KEYS[1])
`,
);

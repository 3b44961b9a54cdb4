import { defineScript } from '../../command-model/script.js';

export const putBackScript = defineScript(
  'cachex:put-back',
  `-- Puts an entry back that was overwritten, where nobody has written since.
-- KEYS[1]  the entry
-- ARGV[1]  what it was overwritten with
-- ARGV[2]  what it was
-- ARGV[3]  the time to live that it had left, in ms; negative: it had no end
-- RETURNS  1 where it is back, else 0
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
if tonumber(ARGV[3]) < 0 then
  redis.call('SET', KEYS[1], ARGV[2])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', math.max(ARGV[3], 1))
end
return 1
`,
);

import { defineScript } from '../../command-model/script.js';

export const makeKeyScript = defineScript(
  'cachex:admin-make-key',
  `-- Makes a key with all that it holds.
-- KEYS[1]  the key
-- ARGV[1]  1 where what is there gives way, else 0
-- ARGV[2]  milliseconds that it lives; 0 for ever
-- ARGV[3]  the command that fills it, with the rest as the arguments of its calls: their number, and they themselves
-- RETURNS  1 where it was made, 0 where the key is there
if redis.call('EXISTS', KEYS[1]) == 1 then
  if ARGV[1] == '0' then
    return 0
  end
  redis.call('DEL', KEYS[1])
end
local at = 4
while ARGV[at] do
  local last = at + tonumber(ARGV[at])
  redis.call(ARGV[3], KEYS[1], unpack(ARGV, at + 1, last))
  at = last + 1
end
if ARGV[2] ~= '0' then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 1
`,
);

import { defineScript } from '../../command-model/script.js';

const manyScript = defineScript(
  'cachex:set-many-if-equal',
  `-- Stores values where their keys have the expected ones.
-- KEYS     the entries
-- ARGV     for each of them: how many follow, the bytes that are expected, the value, its time to live as SET takes it
-- RETURNS  for each 1 where it was stored, else 0, or an error
local done = {}
local at = 1
for index, key in ipairs(KEYS) do
  local last = at + tonumber(ARGV[at])
  local held = redis.pcall('GET', key)
  if type(held) == 'table' then
    done[index] = held
  elseif held ~= ARGV[at + 1] then
    done[index] = 0
  else
    local stored = redis.pcall('SET', key, unpack(ARGV, at + 2, last))
    done[index] = stored.err and stored or 1
  end
  at = last + 1
end
return done
`,
);

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
  manyScript,
);

import { defineScript } from '../../command-model/script.js';

export const incrementScript = defineScript(
  'cachex:increment',
  `-- Adds to a counter; a missing one starts from a given number, with a given time to live.
-- KEYS[1]  the counter
-- ARGV[1]  INCRBY or INCRBYFLOAT
-- ARGV[2]  what to add
-- ARGV[3]  where a missing counter starts from
-- ARGV[4]  time to live of a counter made here, in ms; -1: none
-- RETURNS  the new number
if redis.call('EXISTS', KEYS[1]) == 1 then
  return redis.call(ARGV[1], KEYS[1], ARGV[2])
end
redis.call('SET', KEYS[1], ARGV[3])
local sum = redis.call(ARGV[1], KEYS[1], ARGV[2])
local ms = tonumber(ARGV[4])
if ms >= 0 then
  redis.call('PEXPIRE', KEYS[1], ms)
end
return sum
`,
);

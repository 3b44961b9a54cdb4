import { defineScript } from '../../command-model/script.js';

export const replaceStaleScript = defineScript(
  'cachex:replace-stale',
  `-- Stores a value where the key is missing, or still has the entry that was seen and no longer counts.
-- KEYS[1]  the entry
-- ARGV[1]  what the entry seen begins with: its envelope
-- ARGV[2]  the time to live, in ms, below which that entry is stale; -1: it is, whatever it has left
-- ARGV[3]  the value
-- ARGV[4]  its time to live, in ms; -1: none
-- RETURNS  1 where it was stored, else 0
if redis.call('EXISTS', KEYS[1]) == 1 then
  if redis.pcall('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) ~= ARGV[1] then
    return 0
  end
  local left = redis.call('PTTL', KEYS[1])
  local grace = tonumber(ARGV[2])
  if grace >= 0 and (left < 0 or left > grace) then
    return 0
  end
end
if tonumber(ARGV[4]) < 0 then
  redis.call('SET', KEYS[1], ARGV[3])
else
  redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
end
return 1
`,
);

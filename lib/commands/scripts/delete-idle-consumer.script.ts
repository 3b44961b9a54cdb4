import { defineScript } from '../../command-model/script.js';

export const deleteIdleConsumerScript = defineScript(
  'cachex:delete-idle-consumer',
  `-- Deletes a consumer of a group, except where entries are pending for it: they would be lost with it.
-- KEYS[1]  the stream
-- ARGV[1]  the group
-- ARGV[2]  the consumer
-- RETURNS  how many entries are pending for it; where there are any, it is still there
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
local consumers = redis.call('XPENDING', KEYS[1], ARGV[1])[4] or {}
for _, consumer in ipairs(consumers) do
  if consumer[1] == ARGV[2] then
    return tonumber(consumer[2])
  end
end
return redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
`,
);

import { defineScript } from '../../command-model/script.js';

export const editTextScript = defineScript(
  'cachex:edit-text',
  `-- Changes a text, where it is one: what the codec has encoded does not begin as UTF-8 does.
-- KEYS[1]  the text
-- ARGV[1]  APPEND or SETRANGE
-- ARGV[2]  and on: its arguments
-- RETURNS  the new length, -1 where the key holds an encoded value
local first, second = string.byte(redis.call('GETRANGE', KEYS[1], 0, 1), 1, 2)
if first and first >= 128 then
  if first < 194 or first > 244 or not second or second < 128 or second > 191 then
    return -1
  end
end
return redis.call(ARGV[1], KEYS[1], unpack(ARGV, 2))
`,
);

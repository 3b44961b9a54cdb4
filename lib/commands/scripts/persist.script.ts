import { defineScript } from '../../scripting/script.js';

export const persistScript = defineScript(
  'cachex:persist',
  `-- Takes the expiry from a key and says whether the key is there (PERSIST alone says whether it had an expiry).
-- KEYS[1]  the key
-- RETURNS  1 where the key is there, 0 where not
redis.call('PERSIST', KEYS[1])
return redis.call('EXISTS', KEYS[1])
`,
);

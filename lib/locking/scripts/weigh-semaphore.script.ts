import { defineScript } from '../../command-model/script.js';
import { claimsLua } from './claims.lua.js';
import { clockLua } from '../../scripting/clock.lua.js';

export const weighSemaphoreScript = defineScript(
  'cachex:weigh-semaphore',
  `-- Tells how much of a semaphore is taken.
-- KEYS[1]  claims, by the time that their leases end
-- KEYS[2]  a copy of them
-- ARGV     none
-- RETURNS  the weight of all claims
${clockLua}${claimsLua}
return weightOfClaims(KEYS[1], KEYS[2], clock(KEYS[1]))
`,
);

import { Blocked } from '../database/blocking.js';
import { type Answer, attempt } from '../protocol/reply.js';
import type { Client } from './client.js';
import type { Call } from './command.js';

/** Carries a command out; errors are answers. */
export function carryOut(client: Client, { command, args }: Call): Answer | Blocked {
  return attempt(() => command.run(client, args));
}

/** As {@link carryOut} where nothing may block: a command that would wait has nothing to give. */
export function carryOutNow(client: Client, call: Call): Answer {
  const answer = carryOut(client, call);
  return answer instanceof Blocked ? null : answer;
}

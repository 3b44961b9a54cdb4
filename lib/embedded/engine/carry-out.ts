import { Blocked } from '../database/blocking.js';
import { type Answer, answerOf } from '../protocol/reply.js';
import type { Client } from './client.js';
import type { Call } from './command.js';

/** Runs a command. Error replies are returned, not thrown. */
export function carryOut(client: Client, { command, args }: Call): Answer | Blocked {
  try {
    return command.run(client, args);
  } catch (error) {
    return answerOf(error);
  }
}

/** Like {@link carryOut} where nothing may block: a command that would wait answers null. */
export function carryOutNow(client: Client, call: Call): Answer {
  const answer = carryOut(client, call);
  return answer instanceof Blocked ? null : answer;
}

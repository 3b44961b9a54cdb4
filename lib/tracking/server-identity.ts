import { isReply } from '../connection/index.js';
import { errorText } from '../errors/error-text.js';
import { notNow } from '../wire/server-errors.js';

/**
 * Distinguishes this run of a server from all others; `''` if the server does not let this client ask; rejects if
 * it cannot answer now.
 *
 * @param info the reply to `INFO server`
 */
export async function runIdOf(info: Promise<unknown>): Promise<string> {
  try {
    return /^run_id:(\w+)/m.exec(String(await info))?.[1] ?? '';
  } catch (error) {
    if (isReply(error) && !notNow.test(errorText(error))) return '';
    throw error;
  }
}

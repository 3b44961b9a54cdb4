import { type Bytes, fromBytes } from './bytes.js';

/** A reply in the shapes of RESP2; a status reply is a Buffer too. */
export type Reply = Buffer | number | null | ReplyError | Reply[];

/** An error reply. Its message is Redis' own text, code first (`WRONGTYPE Operation against …`). */
export class ReplyError extends Error {
  constructor(message: string) {
    super(oneLine(message));
  }

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'ReplyError', configurable: true, writable: true });
  }
}

/** Makes the text a single line, as errors and statuses are. */
export function oneLine(text: string): string {
  return text.replace(/^[\r\n]+|[\r\n]+$/g, '').replace(/[\r\n]/g, ' ');
}

/** A status reply, which Lua distinguishes from a bulk string. */
export class Status {
  constructor(readonly text: string) {}
}

export const ok = new Status('OK');

/** A reply as commands return it, before it leaves the engine. Integers beyond the safe range are bigints. */
export type Answer = Bytes | number | bigint | null | Status | ReplyError | readonly Answer[];

export function toReply(answer: Answer): Reply {
  if (typeof answer === 'string') return fromBytes(answer);
  if (typeof answer === 'number' || answer === null || answer instanceof ReplyError) return answer;
  if (typeof answer === 'bigint') return Number(answer);
  if (answer instanceof Status) return fromBytes(answer.text);
  return answer.map(toReply);
}

/** Returns a thrown ReplyError as the answer. */
export function attempt<T>(run: () => T): T | ReplyError {
  try {
    return run();
  } catch (error) {
    return answerOf(error);
  }
}

/** Throws any error but a ReplyError. */
export function answerOf(error: unknown): ReplyError {
  if (error instanceof ReplyError) return error;
  throw error;
}

export const wrongType = () => new ReplyError('WRONGTYPE Operation against a key holding the wrong kind of value');
export const syntaxError = (details = '') => new ReplyError(`ERR syntax error${details}`);
export const noSuchKey = () => new ReplyError('ERR no such key');
export const wrongArity = (command: string) =>
  new ReplyError(`ERR wrong number of arguments for '${command.toLowerCase()}' command`);

import { type Bytes, fromBytes } from './bytes.js';

/** What a command answers: the shapes of RESP2, status replies as a Buffer too. */
export type Reply = Buffer | number | null | ReplyError | Reply[];

/** An error reply; its message is Redis' own text, code first (`WRONGTYPE Operation against …`). */
export class ReplyError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'ReplyError', configurable: true, writable: true });
  }
}

/** A status reply, which Lua tells from a bulk string. */
export class Status {
  constructor(readonly text: string) {}
}

export const OK = new Status('OK');

/** A reply as commands give it, before it leaves the engine. Integers outside the safe range are a bigint. */
export type Answer = Bytes | number | bigint | null | Status | ReplyError | readonly Answer[];

export function toReply(answer: Answer): Reply {
  if (typeof answer === 'string') return fromBytes(answer);
  if (typeof answer === 'number' || answer === null || answer instanceof ReplyError) return answer;
  if (typeof answer === 'bigint') return Number(answer);
  if (answer instanceof Status) return fromBytes(answer.text);
  return answer.map(toReply);
}

export const wrongType = () => new ReplyError('WRONGTYPE Operation against a key holding the wrong kind of value');
export const syntaxError = () => new ReplyError('ERR syntax error');
export const noSuchKey = () => new ReplyError('ERR no such key');
export const wrongArity = (command: string) =>
  new ReplyError(`ERR wrong number of arguments for '${command.toLowerCase()}' command`);

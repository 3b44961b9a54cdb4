import { CachexError } from './cachex.error.js';

/**
 * The server refused a command for a reason that has no class of its own; the message carries its words.
 *
 * @publicApi
 */
export class CommandError extends CachexError {
  readonly code: string = 'CACHEX_COMMAND';
}

/**
 * The key holds another kind of value than the command works on (`WRONGTYPE`, or a number that is none).
 *
 * @publicApi
 */
export class WrongTypeError extends CommandError {
  override readonly code = 'CACHEX_WRONG_TYPE';
}

/**
 * The command needs a key that is not there (`rename`, `incrVersion`, `lset`).
 *
 * @publicApi
 */
export class KeyNotFoundError extends CommandError {
  override readonly code = 'CACHEX_KEY_NOT_FOUND';
}

/**
 * The keys of one command or transaction live in different slots of a cluster. Nothing was sent.
 *
 * @publicApi
 */
export class CrossSlotError extends CommandError {
  override readonly code = 'CACHEX_CROSS_SLOT';
}

/**
 * The connected server, topology or surface cannot do this.
 *
 * @publicApi
 */
export class NotSupportedError extends CommandError {
  override readonly code = 'CACHEX_NOT_SUPPORTED';
}

/**
 * A write reached a server that takes none: a replica, or a primary cut off from its replicas.
 *
 * @publicApi
 */
export class ReadOnlyError extends CommandError {
  override readonly code = 'CACHEX_READ_ONLY';
}

/**
 * The server is at its `maxmemory` and may not evict (`OOM`). The write was not made.
 *
 * @publicApi
 */
export class OutOfMemoryError extends CommandError {
  override readonly code = 'CACHEX_OUT_OF_MEMORY';
}

/**
 * The server wants a password, got a wrong one, or the user's ACL forbids the command (`NOAUTH`, `WRONGPASS`, `NOPERM`).
 *
 * @publicApi
 */
export class AuthenticationError extends CommandError {
  override readonly code = 'CACHEX_AUTHENTICATION';
}

/**
 * A Lua script is unknown, was called wrongly, or failed on the server.
 *
 * @publicApi
 */
export class ScriptError extends CommandError {
  override readonly code = 'CACHEX_SCRIPT';
}

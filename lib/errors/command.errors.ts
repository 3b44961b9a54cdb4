import { CachexError } from './cachex.error.js';

/**
 * The server refused a command for a reason that has no class of its own; the message quotes the server.
 *
 * @publicApi
 */
export class CommandError extends CachexError {
  get code(): string {
    return 'CACHEX_COMMAND';
  }
}

/**
 * The key holds another type than the command works on (`WRONGTYPE`), or a text that is not a number.
 *
 * @publicApi
 */
export class WrongTypeError extends CommandError {
  override get code() {
    return 'CACHEX_WRONG_TYPE' as const;
  }
}

/**
 * The command needs a key that does not exist (`rename`, `incrVersion`, `lset`).
 *
 * @publicApi
 */
export class KeyNotFoundError extends CommandError {
  override get code() {
    return 'CACHEX_KEY_NOT_FOUND' as const;
  }
}

/**
 * The keys of one command, script or transaction are in different slots of a cluster. Nothing was sent.
 *
 * @publicApi
 */
export class CrossSlotError extends CommandError {
  override get code() {
    return 'CACHEX_CROSS_SLOT' as const;
  }
}

/**
 * The connected server, topology or surface cannot do this.
 *
 * @publicApi
 */
export class NotSupportedError extends CommandError {
  override get code() {
    return 'CACHEX_NOT_SUPPORTED' as const;
  }
}

/**
 * A write reached a read-only server: a replica, or a primary cut off from its replicas.
 *
 * @publicApi
 */
export class ReadOnlyError extends CommandError {
  override get code() {
    return 'CACHEX_READ_ONLY' as const;
  }
}

/**
 * The server has reached `maxmemory` and may not evict (`OOM`). The write was not made.
 *
 * @publicApi
 */
export class OutOfMemoryError extends CommandError {
  override get code() {
    return 'CACHEX_OUT_OF_MEMORY' as const;
  }
}

/**
 * The server wants a password, got a wrong one, or the user's ACL forbids the command (`NOAUTH`, `WRONGPASS`,
 * `NOPERM`).
 *
 * @publicApi
 */
export class AuthenticationError extends CommandError {
  override get code() {
    return 'CACHEX_AUTHENTICATION' as const;
  }
}

/**
 * A Lua script is unknown, was called wrongly, or failed on the server.
 *
 * @publicApi
 */
export class ScriptError extends CommandError {
  override get code() {
    return 'CACHEX_SCRIPT' as const;
  }
}

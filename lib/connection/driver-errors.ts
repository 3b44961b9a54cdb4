import { AuthenticationError, type CachexError, ConfigError } from '../errors/index.js';

/** How a server says that it does not trust the user. */
export const mistrust = /^(NOAUTH|WRONGPASS|NOPERM)|invalid password|^ERR AUTH/;

/** What a server means that refused to set up a connection, where trying again would not help. */
export function refusalOf(error: Error, address: string): CachexError | undefined {
  const { message } = error;
  if (!isReply(error)) return undefined;
  if (mistrust.test(message)) return new AuthenticationError(`${address} refused the connection: ${message}`);
  if (!/DB index is out of range/.test(message)) return undefined;
  const [db = 'of that number'] = (error as { command?: { args: readonly string[] } }).command?.args ?? [];
  return new ConfigError(`${address} has no database ${db}: connection.db must be smaller (${message})`);
}

/** Whether the server itself said it, as opposed to the driver, which got no reply. */
export const isReply = (error: unknown): boolean => (error as Error).name === 'ReplyError';

/** The driver hangs name and arguments of the command on its errors: values have no business in a log. */
export function withoutArguments<T>(error: T): T {
  if (typeof error === 'object' && error !== null && 'command' in error) {
    Object.defineProperty(error, 'command', {
      value: undefined,
      enumerable: false,
      configurable: true,
      writable: true,
    });
  }
  return error;
}

import { AuthenticationError, type CachexError, ConfigError } from '../../errors/index.js';
import { mistrust } from '../../wire/server-errors.js';
import { lastOfSentinels } from './internals.js';

export const checkAccount = 'check username, password and ACL';

/** Explains why a server refused to set up a connection, if another attempt would not help. */
export function refusalOf(error: Error, address: string): CachexError | undefined {
  const { message } = error;
  if (error instanceof AuthenticationError) return error;
  const ofSentinels = lastOfSentinels(error);
  if (ofSentinels !== undefined && mistrust.test(ofSentinels)) {
    return new AuthenticationError(
      `no Sentinel names ${address}: ${ofSentinels} (check sentinelUsername, sentinelPassword)`,
    );
  }
  if (!isReply(error)) return undefined;
  if (mistrust.test(message)) {
    return new AuthenticationError(`${address} refused the connection: ${message} (${checkAccount})`);
  }
  if (!/DB index is out of range/.test(message)) return undefined;
  const { command }: Error & { readonly command?: { readonly args: readonly string[] } } = error;
  const [db = 'of that number'] = command?.args ?? [];
  return new ConfigError(`${address} has no database ${db}: connection.db must be smaller (${message})`);
}

/** Whether the server itself said it, as opposed to the driver, which got no reply. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- whatever was thrown may have a name
export const isReply = (error: unknown): boolean => (error as Error).name === 'ReplyError';

/**
 * Servers quote the first arguments of a command that they do not know, values included, and Valkey 9 quotes the member
 * that GEOSEARCH searches around.
 */
const quotes: readonly (readonly [quoting: RegExp, without: string])[] = [
  [/,? with args beginning with: .*/s, ''],
  [/^ERR member .* does not exist$/s, 'ERR member does not exist'],
];

/** The server's error without the arguments that it quotes. */
export const withoutQuotes = (message: string): string =>
  quotes.reduce((text, [quoting, without]) => text.replace(quoting, without), message);

/** Removes quoted arguments, which may hold a password, from the error itself. */
export function unquote<T extends Error>(error: T): T {
  const { message, stack } = error;
  const said = withoutQuotes(message);
  if (said === message) return error;
  error.message = said;
  error.stack = stack?.replace(message, said);
  return error;
}

/**
 * Removes the name and arguments of the command, which the driver attaches to its errors: values do not belong in a
 * log.
 */
export function withoutArguments<T>(error: T): T {
  if (error instanceof Error) unquote(error);
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

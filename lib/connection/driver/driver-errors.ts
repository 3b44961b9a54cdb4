import { AuthenticationError, type CachexError, ConfigError } from '../../errors/index.js';

/** How a server says that it does not trust the user. */
export const mistrust = /^(NOAUTH|WRONGPASS|NOPERM|DENIED)\b|^ERR (invalid password|AUTH)\b/;

/**
 * How a server says that it cannot answer now. It has done nothing, and the same may well succeed a little later, here or
 * where it sends one on to. (BUSYGROUP and BUSYKEY, being other words, are something else.)
 */
export const notNow =
  /^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|UNBLOCKED (force|client))\b|^ERR max number of clients\b/;

/** What a server says of a whole transaction that it has discarded goes before the reason, which may be any other reply. */
const discarded = /^EXECABORT Transaction discarded because of: /;

/** The reason that a server gives, without what it puts around it. */
export const reasonIn = (message: string): string => message.replace(discarded, '');

/** What a server means that refused to set up a connection, where trying again would not help. */
export function refusalOf(error: Error, address: string): CachexError | undefined {
  const { message } = error;
  if (error instanceof AuthenticationError) return error;
  if (!isReply(error)) return undefined;
  if (mistrust.test(message)) return new AuthenticationError(`${address} refused the connection: ${message}`);
  if (!/DB index is out of range/.test(message)) return undefined;
  const { command }: Error & { readonly command?: { readonly args: readonly string[] } } = error;
  const [db = 'of that number'] = command?.args ?? [];
  return new ConfigError(`${address} has no database ${db}: connection.db must be smaller (${message})`);
}

/** Whether the server itself said it, as opposed to the driver, which got no reply. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- whatever was thrown may have a name
export const isReply = (error: unknown): boolean => (error as Error).name === 'ReplyError';

/**
 * Servers quote the first arguments of a command that they do not know, a value among them, and Valkey 9 the member that
 * GEOSEARCH is to look around.
 */
const quotes: readonly (readonly [quoting: RegExp, without: string])[] = [
  [/,? with args beginning with: .*/s, ''],
  [/^ERR member .* does not exist$/s, 'ERR member does not exist'],
];

/** What a server said, without the arguments that it quotes. */
export const withoutQuotes = (message: string): string =>
  quotes.reduce((text, [quoting, without]) => text.replace(quoting, without), message);

/** The driver hangs name and arguments of the command on its errors: values have no business in a log. */
export function withoutArguments<T>(error: T): T {
  if (error instanceof Error) {
    const { message, stack } = error;
    const said = withoutQuotes(message);
    if (said !== message) {
      error.message = said;
      error.stack = stack?.replace(message, said);
    }
  }
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

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

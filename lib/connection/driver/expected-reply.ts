import { ProtocolError } from './reply-parser.js';

const isText = (item: unknown): boolean => Buffer.isBuffer(item);
const isTextOrNone = (item: unknown): boolean => item === null || Buffer.isBuffer(item);
/** Invalidations are lists of keys, or null for all of them. */
const isMessage = (item: unknown): boolean => isTextOrNone(item) || (Array.isArray(item) && item.every(isText));
const isCount = (item: unknown): boolean => typeof item === 'number';

type Shape = readonly ((item: unknown) => boolean)[];

/** Messages that a subscriber may get unasked, by their first element. */
const messages = new Map<string, Shape>([
  ['message', [isText, isMessage]],
  ['smessage', [isText, isMessage]],
  ['pmessage', [isText, isText, isMessage]],
]);
/** Replies to these commands begin with the name of the command. */
const answers = new Map<string, Shape>([
  ...['subscribe', 'psubscribe', 'ssubscribe'].map((name) => [name, [isText, isCount]] as const),
  ...['unsubscribe', 'punsubscribe', 'sunsubscribe'].map((name) => [name, [isTextOrNone, isCount]] as const),
]);
const longestName = 'punsubscribe'.length;

/**
 * Checks a reply before the driver reads it. The driver takes the shape of replies about subscriptions for granted: it
 * would throw where nobody can catch it, or take the reply for that to another command.
 *
 * @param asked the name of the command that is answered next
 * @throws ProtocolError
 */
export function expectReply(reply: unknown, asked: string | undefined, isSubscriber: boolean): void {
  // The driver reports an error whether a command is waiting or not.
  if (reply instanceof Error) return;
  const kind = kindOf(reply);
  if (isSubscriber) {
    const shape = messages.get(kind) ?? (kind.endsWith('unsubscribe') ? answers.get(kind) : undefined);
    if (shape) return expectShape(reply, shape, `a ${kind}`);
    if (Array.isArray(reply) && kind === '') throw new ProtocolError('a message without a kind');
  }
  if (asked === undefined) throw new ProtocolError('a reply that no command expects');
  const shape = answers.get(asked) ?? (isSubscriber ? answers.get(kind) : undefined);
  if (!shape) return;
  const what = `a reply to ${asked.toUpperCase()}`;
  if (kind !== asked) throw new ProtocolError(`${what} of the wrong kind`);
  expectShape(reply, shape, what);
}

function kindOf(reply: unknown): string {
  const first: unknown = Array.isArray(reply) ? reply[0] : undefined;
  return Buffer.isBuffer(first) && first.length <= longestName ? first.toString() : '';
}

function expectShape(reply: unknown, shape: Shape, what: string): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only lists have a kind
  const [, ...items] = reply as unknown[];
  if (items.length === shape.length && shape.every((isAsItShould, at) => isAsItShould(items[at]))) return;
  throw new ProtocolError(`${what} of unexpected shape`);
}

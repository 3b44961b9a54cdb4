import { ProtocolError } from './reply-parser.js';

const isText = (item: unknown): boolean => Buffer.isBuffer(item);
const isTextOrNone = (item: unknown): boolean => item === null || Buffer.isBuffer(item);
/** Invalidations are lists of keys, or none for all of them. */
const isMessage = (item: unknown): boolean => isTextOrNone(item) || (Array.isArray(item) && item.every(isText));
const isCount = (item: unknown): boolean => typeof item === 'number';

type Shape = readonly ((item: unknown) => boolean)[];

/** What a subscriber may get without having asked, by its first element. */
const messages = new Map<string, Shape>([
  ['message', [isText, isMessage]],
  ['smessage', [isText, isMessage]],
  ['pmessage', [isText, isText, isMessage]],
]);
/** How these commands are answered: with their own name first. */
const answers = new Map<string, Shape>([
  ...['subscribe', 'psubscribe', 'ssubscribe'].map((name) => [name, [isText, isCount]] as const),
  ...['unsubscribe', 'punsubscribe', 'sunsubscribe'].map((name) => [name, [isTextOrNone, isCount]] as const),
]);
const longestName = 'punsubscribe'.length;

/**
 * Looks at a reply before the driver does, which takes the shape of what concerns subscriptions for granted: it would
 * throw where nobody can catch it, or take the reply for that to another command.
 *
 * @param asked the name of the command that is answered next
 * @throws ProtocolError
 */
export function expectReply(reply: unknown, asked: string | undefined, isSubscriber: boolean): void {
  // The driver tells of an error whether somebody has asked or not.
  if (reply instanceof Error) return;
  const kind = kindOf(reply);
  if (isSubscriber) {
    const shape = messages.get(kind) ?? (kind.endsWith('unsubscribe') ? answers.get(kind) : undefined);
    if (shape) return expectShape(reply, shape, `a message of the kind ${kind}`);
    if (Array.isArray(reply) && kind === '') throw new ProtocolError('a message of no kind');
  }
  if (asked === undefined) throw new ProtocolError('no command expects it');
  const shape = answers.get(asked) ?? (isSubscriber ? answers.get(kind) : undefined);
  if (!shape) return;
  const what = `an answer to ${asked.toUpperCase()}`;
  if (kind !== asked) throw new ProtocolError(`${what} of another kind`);
  expectShape(reply, shape, what);
}

function kindOf(reply: unknown): string {
  const first: unknown = Array.isArray(reply) ? reply[0] : undefined;
  return Buffer.isBuffer(first) && first.length <= longestName ? first.toString() : '';
}

function expectShape(reply: unknown, shape: Shape, what: string): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has a kind, which only lists have
  const [, ...items] = reply as unknown[];
  if (items.length === shape.length && shape.every((isAsItShould, at) => isAsItShould(items[at]))) return;
  throw new ProtocolError(`${what} in another shape`);
}

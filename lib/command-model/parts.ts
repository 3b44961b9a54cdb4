import { integerIn, listIn } from '../wire/reply-parts.js';
import type { Argument, Command } from './command.js';

/**
 * The most arguments of one command: some services accept no more, and a longer command holds up the server's other
 * callers.
 */
export const maxArguments = 1000;

/** Turns the replies to the parts of a command into the reply to the whole. */
export type Join = (replies: readonly unknown[]) => unknown;

/** For counts. */
export const sum: Join = (replies) => replies.reduce<number>((total, count) => total + integerIn(count), 0);

/** For lists with an answer for each item. */
export const concat: Join = (replies) => replies.flatMap(listIn);

/** For replies that describe the whole after each part. */
export const latest: Join = (replies) => replies.at(-1);

/** The commands for all items (of `width` arguments each), with as many items per command as it may have. */
export function partsOf<T>(
  items: readonly Argument[],
  command: (part: readonly Argument[]) => Command<T>,
  width = 1,
): Command<T>[] {
  const whole = command(items);
  if (whole.args.length <= maxArguments) return [whole];
  const others = whole.args.length - items.length;
  const size = Math.floor((maxArguments - others) / width) * width;
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    command(items.slice(index * size, (index + 1) * size)),
  );
}

/**
 * A command with any number of items (of `width` arguments each). If there are too many for one command, several go in
 * one round trip, in order; outside a transaction this is not atomic. For commands that treat each item alike, whatever
 * the others are.
 *
 * @param command creates the command for some of the items; its reply covers all items
 */
export function inParts<T>(
  items: readonly Argument[],
  command: (part: readonly Argument[]) => Command<T>,
  join: Join,
  width = 1,
): Command<T> {
  const parts = partsOf(items, command, width);
  const last = parts.pop()!;
  if (parts.length === 0) return last;
  const { reply } = last;
  return {
    ...last,
    ahead: parts,
    reply: {
      decode: (raw, context) => {
        const replies = listIn(raw);
        // Another client has replaced the key between two parts.
        const refused = replies.find((each) => each instanceof Error);
        if (refused) throw refused;
        return reply.decode(join(replies), context);
      },
      missing: () => reply.missing(),
    },
  };
}

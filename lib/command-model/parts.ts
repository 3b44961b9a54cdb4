/* oxlint-disable typescript/no-unsafe-type-assertion -- the parts are answered as their command is documented to be */
import type { Argument, Command } from './command.js';

/** What one command may have of arguments: some services take no more, and more hold up a server's other callers. */
export const maxArguments = 1000;

/** How the replies to the parts of a command become that of the whole. */
export type Join = (replies: readonly unknown[]) => unknown;

/** Of counts. */
export const sum: Join = (replies) => (replies as number[]).reduce((total, count) => total + count, 0);

/** Of lists with an answer for each item. */
export const concat: Join = (replies) => (replies as unknown[][]).flat();

/** Of the state of the whole after each. */
export const latest: Join = (replies) => replies.at(-1);

/** Commands for all of the items (of `width` arguments each), of as many as one may have. */
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
 * A command with any number of items (of `width` arguments each): where they are more than one command may have, several
 * are sent in one round trip, in their order. That is no atomic step then, outside of a transaction. For commands that do
 * to each item the same, whatever the others are.
 *
 * @param command makes it for some of the items; its reply is that of all of them
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
        const replies = raw as unknown[];
        // Somebody has made another key of it in between.
        const refused = replies.find((each) => each instanceof Error);
        if (refused) throw refused;
        return reply.decode(join(replies), context);
      },
      missing: () => reply.missing(),
    },
  };
}

import { type Argument, type Command, type Key, read, type ReplyContext, run } from '../command-model/command.js';
import { integer, shape } from '../command-model/replies.js';
import { integerIn, listIn } from '../wire/reply-parts.js';
import { WrongTypeError } from '../errors/index.js';
import { quoted } from '../errors/quoted.js';
import { replaceStale } from './add.js';
import { beginningOf, headIn } from './envelope-head.js';
import { judge, lifeOf, ttlOf } from './found.js';
import { editTextScript } from './scripts/edit-text.script.js';

/** The script's answer if there is no text. */
const refused = -1;

/**
 * Whether bytes may be text: they begin as UTF-8 does. What the codec writes does not, including envelopes and
 * MessagePack; numbers and JSON are text.
 */
export function isText([first, second = 0]: Uint8Array): boolean {
  if (first === undefined || first < 0x80) return true;
  return first >= 0xc2 && first <= 0xf4 && second >= 0x80 && second <= 0xbf;
}

/** Reads something of a text: `nothing` for an entry that no longer counts, and for a missing key. */
export function readText<T>(
  name: string,
  [key, ...args]: readonly [Key, ...Argument[]],
  answer: (raw: unknown) => T,
  nothing: T,
): Command<T> {
  const reply = shape<T>(
    (raw, context) => {
      const [beginning, left, own] = listIn(raw);
      const ttlMs = integerIn(left);
      if (!Buffer.isBuffer(beginning) || isText(beginning)) return answer(own);
      return ofNoText(name, key, beginning, ttlMs, context).then(() => nothing);
    },
    () => nothing,
  );
  return { ...read(name, [key, ...args], reply), ahead: [beginningOf(key, 'read'), ttlOf(key)] };
}

/** @throws WrongTypeError if the value counts */
async function ofNoText(
  name: string,
  key: Key,
  beginning: Buffer,
  ttlMs: number,
  context: ReplyContext,
): Promise<void> {
  const head = await headIn(beginning, key, context);
  if (!head || (await judge(head, lifeOf(ttlMs), context)).isFresh) throw notText(name, key);
}

/**
 * Changes a text on the server; returns its length in bytes afterwards. It refuses a value of the codec, which would
 * become unreadable; an entry that no longer counts is missing, and is replaced by the change to an empty text.
 */
export function editText(
  name: string,
  key: Key,
  args: readonly Argument[],
  ofNothing: string | Buffer,
): Command<number> {
  const bare = run(editTextScript, [key], [name, ...args], integer);
  const again = async (context: ReplyContext): Promise<number> => {
    if (await replaceStale({ key, stored: ofNothing, ms: null }, context)) return Buffer.byteLength(ofNothing);
    // Another client may have replaced it meanwhile.
    const [length] = await context.ask([bare]);
    if (length === refused) throw notText(name, key);
    return length!;
  };
  const reply = shape<number>(
    (raw, context) => (raw === refused ? again(context) : integer.decode(raw, context)),
    () => 0,
  );
  return { ...bare, reply };
}

const notText = (name: string, key: Key): WrongTypeError =>
  new WrongTypeError(
    `${name} ${quoted(key.name)}: the key holds an encoded value, not plain text (store it with raw: true)`,
  );

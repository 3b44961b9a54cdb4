import { countArgument, integerArgument, textArgument } from '../arguments/arguments.js';
import type { VersionOption } from '../arguments/version.js';
import { integerIn, textIn } from '../wire/reply-parts.js';
import { editText, readText } from '../entries/text.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';

/**
 * Parts of plain text, as `set` with `raw: true` stores it: lengths and offsets count bytes of UTF-8. A value that the
 * codec has encoded is refused with a `WrongTypeError`; an entry that is no longer valid does not exist.
 *
 * @publicApi
 */
export abstract class TextCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Appends to a text, which keeps its time to live; a missing text is created without an expiry. Returns the new
   * length. Redis: `APPEND`, in a script.
   *
   * @example
   * await cache.append('log:7', 'started\n');
   * const log = await cache.get('log:7', { raw: true });
   */
  append(key: string, text: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => editText('APPEND', this.keyOf(key, options), [textArgument(text, 'text')], text));
  }

  /**
   * The length of a text, 0 if the key does not exist. Redis: `STRLEN`, `GETRANGE`, `PTTL`.
   *
   * @example
   * const bytes = await cache.strlen('log');
   */
  strlen(key: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => readText('STRLEN', [this.keyOf(key, options)], integerIn, 0));
  }

  /**
   * Overwrites a part of a text from an offset on, and fills a gap before it with zero bytes; returns the new
   * length. Redis: `SETRANGE`, in a script.
   *
   * @example
   * await cache.setrange('record', 10, 'done');
   */
  setrange(key: string, offset: number, text: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => {
      const [owner, start, part] = [
        this.keyOf(key, options),
        countArgument(offset, 'offset'),
        textArgument(text, 'text'),
      ];
      const ofNothing = part === '' ? '' : Buffer.concat([Buffer.alloc(start), Buffer.from(part)]);
      return editText('SETRANGE', owner, [start, part], ofNothing);
    });
  }

  /**
   * A part of a text from `start` to `end`, both included (negative: from the end), `''` if the key does not exist.
   * Redis: `GETRANGE`, `PTTL`.
   *
   * @example
   * const head = await cache.getrange('log', 0, 99); // the first 100 bytes
   */
  getrange(key: string, start: number, end: number, options?: VersionOption): Reply<S, string> {
    return this.send<string>(() =>
      readText(
        'GETRANGE',
        [this.keyOf(key, options), integerArgument(start, 'start'), integerArgument(end, 'end')],
        textIn,
        '',
      ),
    );
  }
}

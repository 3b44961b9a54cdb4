import { countArgument, integerArgument, textArgument } from '../arguments/arguments.js';
import type { VersionOption } from '../arguments/version.js';
import * as replies from '../command-model/replies.js';
import { editText, readText } from '../entries/text.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';

/**
 * Plain text, as `set` with `raw: true` stores it, in part: lengths and offsets count bytes of UTF-8. A value that the codec
 * has encoded is refused with a `WrongTypeError`; what counts no longer is not there.
 *
 * @publicApi
 */
export abstract class TextCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Adds to the end of a text, whose time to live stays; a missing one is made, without an expiry. The new length. Redis:
   * `APPEND`, in a script.
   *
   * @example
   * await cache.append('log:7', 'started\n');
   * const log = await cache.get('log:7', { raw: true });
   */
  append(key: string, text: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => editText('APPEND', this.keyOf(key, options), [textArgument(text, 'text')], text));
  }

  /** The length of a text, 0 where the key is not there. Redis: `STRLEN`, `GETRANGE`, `PTTL`. */
  strlen(key: string, options?: VersionOption): Reply<S, number> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server counts, and answers an integer
    return this.send<number>(() => readText('STRLEN', [this.keyOf(key, options)], (raw) => raw as number, 0));
  }

  /**
   * Overwrites a part of a text from an offset on, and fills what is missing before it with zero bytes; the new length.
   * Redis: `SETRANGE`, in a script.
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
   * A part of a text from `start` to `end`, both included (negative: from the end), `''` where the key is not there.
   * Redis: `GETRANGE`, `PTTL`.
   */
  getrange(key: string, start: number, end: number, options?: VersionOption): Reply<S, string> {
    return this.send<string>(() =>
      readText(
        'GETRANGE',
        [this.keyOf(key, options), integerArgument(start, 'start'), integerArgument(end, 'end')],
        replies.text,
        '',
      ),
    );
  }
}

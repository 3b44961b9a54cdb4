/* oxlint-disable typescript/no-unsafe-type-assertion -- a reply is what its command is documented to return */
import { createHash } from 'node:crypto';
import { ConfigError } from '../errors/index.js';
import { isUnavailable } from '../wire/server-errors.js';
import { type Argument, type Command, type Key, run, write } from '../command-model/command.js';
import { bytes, shape } from '../command-model/replies.js';
import { strict } from '../command-model/strict.js';
import { bytesOrNil, integerIn, listIn } from '../wire/reply-parts.js';
import { keptUntilOf } from './found.js';
import { deleteWhere, done, setWhere } from './if-equal.js';
import { storeOverScript } from './scripts/store-over.script.js';

/** What a key holds while its value is made. */
export interface Standing {
  readonly bytes: Buffer;
  /** When it ends, in the format of PEXPIRETIME; left out for a reservation, of which there is only one. */
  readonly endMs?: number;
}

/** Longer than factories run; reservations of a crashed process end after that. */
const leaseMs = 3_600_000;

/** Puts a reservation into an empty key, or returns the bytes that it holds. `SET … NX GET`. */
export function reserveCommand(key: Key, reservation: Buffer): Command<Buffer | null> {
  return strict(write('SET', [key, reservation, 'NX', 'GET', 'PX', leaseMs], bytes));
}

/** What a key holds; `undefined` if it is empty. */
export function standingCommand(key: Key): Command<Standing | undefined> {
  const reply = shape<Standing | undefined>(
    (raw) => {
      const [end, stored] = listIn(raw);
      const [endMs, data] = [integerIn(end), bytesOrNil(stored)];
      return data === null ? undefined : { bytes: data, endMs };
    },
    () => undefined,
  );
  return strict({ ...write('GET', [key], reply), ahead: [keptUntilOf(key)] });
}

/** Stores a value if the key still holds the same; whether it did. A value that expires at once leaves the key empty. */
export function replaceCommand(key: Key, standing: Standing, stored: Argument, ms: number | null): Command<boolean> {
  if (ms === 0) return removeCommand(key, standing);
  const value = [stored, ...(ms === null ? [] : ['PX', ms])] as const;
  const { bytes: seen, endMs } = standing;
  if (endMs === undefined) return setWhere(key, seen, value, done);
  // The same bytes written again have another end. Where no script may run, they count as untouched.
  const byBytes = setWhere(key, seen, value, done);
  const digest = createHash('sha1').update(seen).digest('hex');
  return run(storeOverScript, [key], [digest, endMs, ...value], {
    ...done,
    rescue: (error, context) => (hasNoScripts(error) ? context.ask([byBytes]).then(([isDone]) => isDone!) : undefined),
  });
}

/** Whether scripts cannot run: the user may not run them, or the engine has no interpreter. */
const hasNoScripts = (error: unknown): boolean => isUnavailable(error) || error instanceof ConfigError;

/** Deletes what a key holds, if it still holds the same. */
export function removeCommand(key: Key, { bytes: seen }: Standing): Command<boolean> {
  return deleteWhere(key, seen, done);
}

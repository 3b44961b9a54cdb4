/* oxlint-disable typescript/no-unsafe-type-assertion -- a reply is what the command above it is documented to give */
import { createHash } from 'node:crypto';
import { type Argument, type Command, type Key, run, write } from '../command-model/command.js';
import { bytes, shape } from '../command-model/replies.js';
import { keptUntilOf } from './found.js';
import { deleteWhere, done, setWhere } from './if-equal.js';
import { storeOverScript } from './scripts/store-over.script.js';

/** What stands at a key while its value is made. */
export interface Standing {
  readonly bytes: Buffer;
  /** When it ends, as PEXPIRETIME gives it; left out for a reservation, of which there is only one. */
  readonly endMs?: number;
}

/** Longer than factories run; what a process leaves behind that crashes, ends then. */
const leaseMs = 3_600_000;

/** Puts a reservation where nothing stands, or gives the bytes that do. `SET … NX GET`. */
export function reserveCommand(key: Key, reservation: Buffer): Command<Buffer | null> {
  return { ...write('SET', [key, reservation, 'NX', 'GET', 'PX', leaseMs], bytes), strict: true };
}

/** What stands at a key; `undefined` where nothing does. */
export function standingCommand(key: Key): Command<Standing | undefined> {
  const reply = shape<Standing | undefined>(
    (raw) => {
      const [endMs, data] = raw as [number, Buffer | null];
      return data === null ? undefined : { bytes: data, endMs };
    },
    () => undefined,
  );
  return { ...write('GET', [key], reply), ahead: [keptUntilOf(key)], strict: true };
}

/** Stores a value where the key still has what stood there; whether it did. What expires at once is not there. */
export function replaceCommand(key: Key, standing: Standing, stored: Argument, ms: number | null): Command<boolean> {
  if (ms === 0) return removeCommand(key, standing);
  const value = [stored, ...(ms === null ? [] : ['PX', ms])] as const;
  const { bytes: seen, endMs } = standing;
  if (endMs === undefined) return setWhere(key, seen, value, done);
  // Not all engines have scripts; where bytes alone are compared, the very same bytes again count as untouched.
  const digest = createHash('sha1').update(seen).digest('hex');
  const exact = run(storeOverScript, [key], [digest, endMs, ...value], done);
  return { ...setWhere(key, seen, value, done), otherwise: exact };
}

/** Deletes what stands at a key, where it still does. */
export function removeCommand(key: Key, { bytes: seen }: Standing): Command<boolean> {
  return deleteWhere(key, seen, done);
}

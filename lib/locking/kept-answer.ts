import { type ReplyShape, Sealed, type WireKey, write } from '../command-model/command.js';
import { ok } from '../command-model/replies.js';
import { strict } from '../command-model/strict.js';
import { bytesOrNil } from '../wire/reply-parts.js';
import type { CommandExecutor } from '../execution/command-executor.js';

/** An unreadable answer must not count as missing: the work has been done. */
const decodedAt = (key: WireKey): ReplyShape<unknown> => ({
  decode: (raw, context) => {
    const data = bytesOrNil(raw);
    return data === null ? undefined : context.strictly.decodeAt(key, data);
  },
  missing: () => undefined,
});

/** The answer of work that must be done once, beside the lock that it is done under. */
export class KeptAnswer {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly key: WireKey,
  ) {}

  /** `undefined` if there is none. Reads as a write: a replica may not know the answer yet. */
  read(): Promise<unknown> {
    return this.executor.execute(strict(write('GET', [this.key], decodedAt(this.key))));
  }

  /** Whether no other answer was kept before. */
  keep(answer: object, forMs: number): Promise<boolean> {
    const command = write('SET', [this.key, new Sealed(answer), 'PX', forMs, 'NX'], ok);
    return this.executor.execute(strict(command));
  }
}

import { type ReplyShape, Sealed, type WireKey, write } from '../command-model/command.js';
import { ok } from '../command-model/replies.js';
import { strict } from '../command-model/strict.js';
import type { CommandExecutor } from '../execution/command-executor.js';

/** One that cannot be read must not count as missing: what it answers has been done. */
const decodedAt = (key: WireKey): ReplyShape<unknown> => ({
  decode: (raw, context) => (Buffer.isBuffer(raw) ? context.strictly.decodeAt(key, raw) : undefined),
  missing: () => undefined,
});

/** What came of something that must be done once, beside the lock under which it is done. */
export class KeptAnswer {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly key: WireKey,
  ) {}

  /** `undefined` where there is none. As a write: a replica may not know it yet. */
  read(): Promise<unknown> {
    return this.executor.execute(strict(write('GET', [this.key], decodedAt(this.key))));
  }

  /** Whether it is the first. */
  keep(answer: object, forMs: number): Promise<boolean> {
    const command = write('SET', [this.key, new Sealed(answer), 'PX', forMs, 'NX'], ok);
    return this.executor.execute(strict(command));
  }
}

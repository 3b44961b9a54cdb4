import { CrossSlotError } from '../errors/index.js';
import { type Key, moving, write, type ReplyShape } from '../command-model/command.js';
import * as replies from '../command-model/replies.js';
import { bytesIn } from '../wire/reply-parts.js';
import { valuesOf } from '../waiting/all-ended.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { ensureMovable } from '../execution/moving.js';

/** Moves a key to another version, with its time to live. */
export class VersionMover {
  constructor(private readonly executor: CommandExecutor) {}

  /**
   * Whether the key was moved; `false` only in an ignored outage.
   *
   * @throws KeyNotFoundError if the key does not exist
   * @throws NotSupportedError if its value is encrypted
   */
  async move(source: Key, target: Key): Promise<boolean> {
    const rename = moving(write('RENAME', [source, target], replies.always));
    if (this.executor.together([source, target]).length > 1) {
      await ensureMovable(this.executor, rename);
      return this.copy(source, target);
    }
    try {
      return await this.executor.execute(rename);
    } catch (error) {
      // Such as a service that shows a cluster as one server.
      if (error instanceof CrossSlotError) return this.copy(source, target);
      throw error;
    }
  }

  /** Between two slots: copies first, then deletes, so that the key is never lost, and exists twice for a moment. */
  private async copy(source: Key, target: Key): Promise<boolean> {
    const reads = [write('DUMP', [source], dump), write('PEXPIRETIME', [source], replies.timeToLive)];
    const outcomes = await this.executor.executeAll(
      reads.map((each) => this.executor.prepare<unknown>(each)),
      true,
    );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one outcome for each of the two reads, in order
    const [data, expiresAt] = valuesOf(outcomes) as [Buffer | undefined, number];
    if (data === undefined) return false;
    const args = [target, Math.max(0, expiresAt), data, 'REPLACE', 'ABSTTL'];
    if (!(await this.executor.execute(write('RESTORE', args, replies.ok)))) return false;
    await this.executor.execute(write('UNLINK', [source], replies.integer));
    return true;
  }
}

/** The arguments of RESTORE. */
const dump: ReplyShape<Buffer | undefined> = {
  decode: (raw) => {
    if (raw === null) throw new Error('ERR no such key');
    return bytesIn(raw);
  },
  missing: () => undefined,
};

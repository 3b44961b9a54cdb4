import { write } from '../command-model/command.js';
import * as replies from '../command-model/replies.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { allEnded } from '../waiting/all-ended.js';
import { DeferredEvictions } from './deferred-evictions.js';
import { Inspection } from './inspection.js';
import { ManyKeys } from './many-keys.js';
import { KeyScanner } from './scan.js';
import { VersionMover } from './version-mover.js';

/** Operations on many keys of one cache, or on all. */
export class Keyspace {
  readonly many: ManyKeys;
  readonly scanner: KeyScanner;
  readonly mover: VersionMover;
  readonly inspection: Inspection;
  readonly deferred: DeferredEvictions;

  constructor(
    private readonly executor: CommandExecutor,
    isStrict = false,
  ) {
    this.many = new ManyKeys(executor, isStrict);
    this.scanner = new KeyScanner(executor, isStrict);
    this.mover = new VersionMover(executor);
    this.inspection = new Inspection(executor, this.scanner);
    this.deferred = new DeferredEvictions(executor, this.many, this.scanner);
  }

  /** Deletes every key of the database, on all servers; whether all of them did. */
  async flush(): Promise<boolean> {
    const flush = write('FLUSHDB', [], replies.ok);
    const nodes = await this.executor.primaries(flush.name);
    const done = await allEnded(nodes.map((node) => this.executor.execute(flush, node)));
    return done.length > 0 && done.every(Boolean);
  }
}

import { isReservation, sealReservation } from '../codec/envelope.js';
import type { Encoded } from '../codec/codec.types.js';
import type { Key } from '../command-model/command.js';
import { removeCommand, replaceCommand, reserveCommand, type Standing, standingCommand } from '../entries/standing.js';
import { isAway } from '../execution/outage.js';
import type { Commands } from './entry-reader.js';
import { randomStamp } from '../tags/generation.js';

/**
 * What a key held before its value was made. The value is stored only if the key still holds it: a process that has
 * deleted or written the key meanwhile knew better.
 */
export class Claim {
  private isOpen = true;

  private constructor(
    private readonly commands: Commands,
    private readonly key: Key,
    private readonly standing: Standing,
    /** Whether it is a reservation of our own. */
    private readonly isOwn: boolean,
  ) {}

  /**
   * Taken before the factory begins; `seen` is what the caller has read at the key. `undefined` if the key is written
   * and deleted all the time: then no value is right for long.
   */
  static async take(commands: Commands, key: Key, seen: Buffer | undefined): Promise<Claim | undefined> {
    if (seen && isReservation(seen)) return new Claim(commands, key, { bytes: seen }, false);
    if (seen) return (await this.ofEntry(commands, key)) ?? this.ofNothing(commands, key);
    return (await this.ofNothing(commands, key)) ?? this.ofEntry(commands, key);
  }

  private static async ofEntry(commands: Commands, key: Key): Promise<Claim | undefined> {
    const standing = await commands.execute(standingCommand(key));
    return standing && new Claim(commands, key, standing, false);
  }

  private static ofNothing(commands: Commands, key: Key): Promise<Claim | undefined> {
    const own = sealReservation(randomStamp());
    const claim = new Claim(commands, key, { bytes: own }, true);
    return commands.execute(reserveCommand(key, own)).then(
      (bytes) => {
        if (bytes === null) return claim;
        return isReservation(bytes) ? new Claim(commands, key, { bytes }, false) : undefined;
      },
      (error) => claim.giveUp(error),
    );
  }

  get bytes(): Buffer {
    return this.standing.bytes;
  }

  /** Whether the value was stored. */
  store(data: Encoded, ms: number | null): Promise<boolean> {
    return this.commands.execute(replaceCommand(this.key, this.standing, data, ms)).then(
      (done) => {
        this.isOpen = false;
        return done;
      },
      (error) => this.giveUp(error),
    );
  }

  /** No value will come: takes the reservation back; if that fails, it ends by itself. */
  release(): Promise<unknown> | undefined {
    if (!this.isOpen || !this.isOwn) return undefined;
    this.isOpen = false;
    return this.commands.execute(removeCommand(this.key, this.standing)).catch(() => undefined);
  }

  /** A server that has just been waited for in vain is not waited for again. */
  private giveUp(error: unknown): never {
    if (isAway(error)) void this.release();
    throw error;
  }
}

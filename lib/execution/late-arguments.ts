import type { Encoded } from '../codec/codec.types.js';
import { headOf, sealEnvelope, type Stamp } from '../codec/envelope.js';
import type { EnvelopedValue } from '../command-model/command.js';
import { allOf } from '../waiting/all-of.js';
import type { Tags } from '../tags/tags.js';
import type { WireArgument } from '../wire/connection-pool.js';

/** A value whose bytes are known; its envelope still needs the stamps of its tags. */
export class Unstamped {
  constructor(
    private readonly enveloped: EnvelopedValue,
    private readonly data: Encoded | Promise<Encoded>,
    /** The time of the call, as tags count time. */
    private readonly since: number,
  ) {}

  /** Asks for the stamps while a large value is being compressed. */
  stamp(tags: Tags): Encoded | Promise<Encoded> {
    return (this.enveloped.encoded ??= this.seal(tags));
  }

  private async seal(known: Tags): Promise<Buffer> {
    const { tags, graceMs: grace, lifeMs, shared } = this.enveloped;
    const take = (ms: number | null): Promise<readonly Stamp[]> => known.take(tags, ms, this.since);
    const stamps = await (shared ? (shared.taken ??= take(shared.lifeMs)) : take(lifeMs));
    return sealEnvelope(headOf({ grace, tags: stamps, endless: lifeMs === null }), await this.data);
  }
}

/** An argument, or the promise of one. */
export type ArgumentPart = WireArgument | Promise<WireArgument> | Unstamped;

/** The arguments of a command of which some are not known yet: a value is being compressed, or has tags. */
export class LateArguments {
  constructor(
    private readonly parts: readonly ArgumentPart[],
    private readonly tags: Tags,
  ) {}

  /**
   * Called when the command is sent. Values that are completed at the same time ask for their tags in one round trip.
   */
  async complete(): Promise<WireArgument[]> {
    return allOf(this.parts.map((part) => (part instanceof Unstamped ? part.stamp(this.tags) : part)));
  }
}

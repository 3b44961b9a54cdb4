import type { Tags } from '../tags/tags.js';
import type { Codec } from '../codec/codec.types.js';
import { headOf, sealEnvelope } from '../codec/envelope.js';
import { type Argument, EnvelopedValue, Key, Member, Value } from '../command-model/command.js';
import type { WireArgument } from '../wire/connection-pool.js';
import { allOf } from '../command-model/replies.js';
import type { KeyBuilder } from './key-builder.js';

/** A promise while a large value is being compressed, or the tokens of tags are asked for. */
export type WireArguments = WireArgument[] | Promise<WireArgument[]>;

/** Makes of the arguments of commands what the server gets. */
export class ArgumentEncoder {
  constructor(
    private readonly keys: KeyBuilder,
    private readonly codec: Codec,
    private readonly tags: Tags,
  ) {}

  encode(args: readonly Argument[]): WireArguments {
    return unwatched(allOf(args.map((arg) => unwatched(this.encodeArgument(arg)))));
  }

  private encodeArgument(arg: Argument): WireArgument | Promise<WireArgument> {
    if (typeof arg === 'string') return arg;
    if (typeof arg === 'number') return String(arg);
    if (arg instanceof Key) return this.keys.wire(arg);
    if (arg instanceof Value) return this.codec.encode(arg.value);
    if (arg instanceof Member) return this.codec.encodeCanonical(arg.value);
    if (arg instanceof EnvelopedValue) return this.encodeEnveloped(arg);
    return arg;
  }

  private encodeEnveloped(arg: EnvelopedValue): WireArgument | Promise<WireArgument> {
    const { tags, graceMs: grace } = arg;
    if (tags.length > 0) return (arg.encoded ??= this.encodeTagged(arg));
    const data = this.codec.encode(arg.value);
    return data instanceof Promise
      ? data.then((bytes) => sealEnvelope({ grace }, bytes))
      : sealEnvelope({ grace }, data);
  }

  /**
   * Of what cannot be stored, nothing is sent. The stamps are asked for while a large value is being compressed: it
   * counts as made at the time of the call.
   */
  private async encodeTagged({ value, tags, graceMs: grace, lifeMs, takeStamps }: EnvelopedValue): Promise<Buffer> {
    const data = unwatched(this.codec.encode(value));
    const stamps = await (takeStamps ? takeStamps() : this.tags.take(tags, lifeMs));
    return sealEnvelope(headOf({ grace, tags: stamps, endless: lifeMs === null }), await data);
  }
}

/** Where a later argument is refused, or a pipeline never executed, nobody waits for it. */
function unwatched<T>(data: T): T {
  if (data instanceof Promise) data.catch(() => undefined);
  return data;
}

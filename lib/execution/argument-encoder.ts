import type { Tags } from '../tags/tags.js';
import type { Encoded } from '../codec/codec.types.js';
import { sealEnvelope } from '../codec/envelope.js';
import {
  type Argument,
  EnvelopedValue,
  Key,
  Member,
  MemberBound,
  Payload,
  Sealed,
  Value,
} from '../command-model/command.js';
import type { WireArgument } from '../wire/connection-pool.js';
import type { EntryCodec } from './entry-codec.js';
import type { KeyBuilder } from './key-builder.js';
import { type ArgumentPart, LateArguments, Unstamped } from './late-arguments.js';

/** Turns the arguments of commands into what the server gets. Sends nothing. */
export class ArgumentEncoder {
  constructor(
    private readonly keys: KeyBuilder,
    private readonly codec: EntryCodec,
    private readonly tags: Tags,
  ) {}

  encode(args: readonly Argument[]): WireArgument[] | LateArguments {
    let isLate = false;
    const parts: ArgumentPart[] = [];
    for (const arg of args) {
      const part = this.encodeArgument(arg, args);
      parts.push(part);
      if (isThere(part)) continue;
      isLate = true;
      void unwatched(part);
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- none of them is missing
    return isLate ? new LateArguments(parts, this.tags) : (parts as WireArgument[]);
  }

  private encodeArgument(arg: Argument, args: readonly Argument[]): ArgumentPart {
    if (typeof arg === 'string') return arg;
    if (typeof arg === 'number') return String(arg);
    if (arg instanceof Key) return this.keys.wire(arg);
    if (arg instanceof Value) return (arg.encoded ??= this.codec.encodeAt(ownerAmong(args), arg.value));
    if (arg instanceof Member) return this.codec.encodeCanonical(arg.value);
    if (arg instanceof EnvelopedValue) return this.encodeEnveloped(arg, ownerAmong(args));
    if (arg instanceof Sealed) return (arg.encoded ??= this.codec.encodeSealed(ownerAmong(args), arg.value));
    if (arg instanceof Payload) return (arg.encoded ??= this.codec.encode(arg.value));
    if (arg instanceof MemberBound)
      return Buffer.concat([arg.sign, this.codec.encodeCanonical(arg.value)].map(bytesOf));
    return arg;
  }

  private encodeEnveloped(arg: EnvelopedValue, key: Key): ArgumentPart {
    if (arg.encoded) return arg.encoded;
    const data = this.codec.encodeAt(key, arg.value);
    if (arg.tags.length > 0) return new Unstamped(arg, unwatched(data), this.tags.now);
    const grace = arg.graceMs;
    arg.encoded =
      data instanceof Promise ? data.then((bytes) => sealEnvelope({ grace }, bytes)) : sealEnvelope({ grace }, data);
    return arg.encoded;
  }
}

/** The key that the values of a command are for. */
const ownerAmong = (args: readonly Argument[]): Key =>
  args[0] instanceof Key ? args[0] : args.find((arg) => arg instanceof Key)!;

const isThere = (part: ArgumentPart): part is WireArgument => typeof part === 'string' || Buffer.isBuffer(part);

const bytesOf = (part: Encoded): Buffer => (typeof part === 'string' ? Buffer.from(part) : part);

/** Nobody awaits it if a later argument is refused, or the pipeline is never executed. */
function unwatched<T>(data: T): T {
  if (data instanceof Promise) data.catch(() => undefined);
  return data;
}

import type { Place } from '../arguments/scope.js';
import { describe, textArgument } from '../arguments/arguments.js';
import { bytesOfName } from '../arguments/names.js';
import type { NamesOf } from '../arguments/option-names.js';
import { versionNames, type VersionOption } from '../arguments/version.js';
import { type Argument, Key, Payload, WireKey, write } from '../command-model/command.js';
import * as replies from '../command-model/replies.js';
import type { Since } from '../wire/server-version.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';

/** The kind of a channel. @publicApi */
export interface ChannelOptions extends VersionOption {
  /**
   * The channel of another program: the name is used unchanged, without prefix and version, and messages are plain text
   * (a Buffer can be published, too).
   */
  readonly raw?: boolean;
  /**
   * A sharded channel: on a cluster, its messages go only to the nodes with its slot. Subscribers must set it,
   * too. Since Redis 7.0, Valkey 7.2.
   */
  readonly sharded?: boolean;
}

export const channelNames: NamesOf<ChannelOptions> = { ...versionNames, raw: 'flag', sharded: 'flag' };

/** The first servers with sharded channels. */
export const sharded: Since = { redis: '7.0', valkey: '7.2' };

/** A channel has the same name and slot as a key. */
export function channelKey(name: string, version: Place, raw: boolean | undefined): Key {
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(`A channel must be a non-empty string, not ${name === '' ? 'an empty one' : describe(name)}`);
  }
  if (!raw) return new Key(name, version);
  return new WireKey(name, version, name.isWellFormed() ? name : bytesOfName(name, 'A channel'));
}

/**
 * Messages to current subscribers; see `subscribe` of the service.
 *
 * @publicApi
 */
export abstract class PublishingCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Sends a message to the subscribers of the channel, or of a pattern that matches it; returns their number. Messages
   * are not kept: a subscriber that is not listening at that moment never gets it. On a cluster the message goes to all
   * nodes, and the number is that of one node. Redis: `PUBLISH`, `SPUBLISH`.
   *
   * @throws SerializerError for a message that cannot be encoded; nothing is sent
   * @throws NotSupportedError for `sharded` on a server that is too old
   * @example
   * await cache.publish('orders', { id: 7, total: 90 });
   */
  publish(channel: string, message: unknown, options?: ChannelOptions): Reply<S, number> {
    return this.send<number>(() => {
      const version = this.versionOf(options, channelNames);
      const args = [channelKey(channel, version, options?.raw), messageOf(message, options?.raw)];
      if (!options?.sharded) return write('PUBLISH', args, replies.integer);
      return { name: 'SPUBLISH', access: 'write', args, reply: replies.integer, since: sharded };
    });
  }
}

function messageOf(message: unknown, raw: boolean | undefined): Argument {
  if (!raw) return new Payload(message);
  if (Buffer.isBuffer(message)) return message;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the check itself reports anything but a string
  return textArgument(message as string, 'A raw message');
}

import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AuthenticationError, type CachexService, type MessageContext, SerializerError } from '../../lib/index.js';
import { waitFor } from '../servers/wait-for.js';
import { contract, onEveryTopology } from './contract.js';

/** If a server does not allow the command, the error names it, and nothing is subscribed. */
async function expectRefusal(cache: CachexService, command: string, outcome: Promise<void>): Promise<void> {
  const error: unknown = await outcome.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AuthenticationError);
  expect((error as Error).message).toMatch(new RegExp(`^${command} ".*NOPERM`));
  expect(cache['pubsub']['open'].size).toBe(0);
}

contract((t) => {
  describe('publish', () => {
    it('reaches the subscribers, and returns their number', async () => {
      expect(await t.on.publish(t.key('silence'), 'nobody hears it')).toBe(0);
      const seen: unknown[] = [];
      await using first = await t.cache.subscribe(t.key('news'), (message) => seen.push(message));
      expect(first.isListening).toBe(true);
      const messages = [1, 1.5, 'text', null, true, { a: [new Date(0)] }, new Map([[1, 2n]]), Buffer.from([0, 255])];
      for (const message of messages) {
        const isSeen = () => seen.some((one) => isDeepStrictEqual(one, message));
        const publish = async () => expect(await t.on.publish(t.key('news'), message)).toBeLessThanOrEqual(1);
        await publish();
        // The nodes of a cluster lose messages while they renew a link between them.
        const again = t.isSlotted ? setInterval(() => void publish(), 2000) : undefined;
        await waitFor(isSeen, { what: 'the message' });
        clearInterval(again);
      }
    });

    it('refuses unsendable messages', async () => {
      await expect(t.on.publish(t.key(), undefined)).rejects.toThrow(SerializerError);
      await expect(t.on.publish(t.key(), () => 1)).rejects.toThrow(SerializerError);
      await expect(t.on.publish('', 1)).rejects.toThrow('A channel must be a non-empty string');
      await expect(t.on.publish(t.key(), 1, { raw: true })).rejects.toThrow('A raw message must be a string');
    });
  });
});

onEveryTopology((t) => {
  describe('subscribe', () => {
    it('hears its channels and no others, under their names', async () => {
      const seen: [unknown, MessageContext][] = [];
      const [a, b, c] = [t.key('a'), t.key('b'), t.key('c')];
      await using subscription = await t.cache.subscribe<number>([a, b, a], (...heard) => seen.push(heard));
      expect(subscription.channels).toEqual([a, b]);
      for (const [channel, message] of [
        [a, 1],
        [c, 2],
        [b, 3],
      ] as const) {
        await t.cache.publish(channel, message);
        await t.cache.withVersion(2).publish(channel, 9);
      }
      await waitFor(() => seen.length === 2, { what: 'both messages' });
      expect(seen.map(([message, { channel, pattern }]) => [message, channel, pattern])).toEqual([
        [1, a, undefined],
        [3, b, undefined],
      ]);
    });

    it('delivers every message to each subscription until its end', async () => {
      const seen: string[] = [];
      const channel = t.key();
      const first = await t.cache.subscribe<number>(channel, (message) => seen.push(`first ${message}`));
      const second = await t.cache.subscribe<number>(channel, (message) => seen.push(`second ${message}`));
      await t.cache.publish(channel, 1);
      await waitFor(() => seen.length === 2, { what: 'both to hear' });
      await first.unsubscribe();
      await first.unsubscribe();
      expect(first.isListening).toBe(false);
      await t.cache.publish(channel, 2);
      await waitFor(() => seen.length === 3, { what: 'the second to hear' });
      await second.unsubscribe();
      await waitFor(async () => (await t.cache.publish(channel, 3)) === 0, { what: 'nobody to listen' });
      expect(seen).toEqual(['first 1', 'second 1', 'second 2']);
    });

    it('accepts the channels of other programs unchanged, and their messages as text', async () => {
      const seen: unknown[] = [];
      const channel = t.key('foreign');
      await using _ = await t.cache.subscribe(channel, (text) => seen.push(text), { raw: true });
      await t.cache.publish(channel, 'prefixed');
      await t.cache.publish(channel, 'a text', { raw: true });
      await t.cache.publish(channel, Buffer.from([0x61, 0xff]), { raw: true });
      await waitFor(() => seen.length === 2, { what: 'both texts' });
      expect(seen).toEqual(['a text', 'a\udcff']);
    });

    it('hears a channel whose name is not UTF-8', async () => {
      const seen: unknown[] = [];
      const channel = t.key('\udcff\udc80');
      await using _ = await t.cache.subscribe(channel, (message, context) => seen.push([message, context.channel]));
      await t.cache.publish(channel, 1);
      await waitFor(() => seen.length === 1, { what: 'the message' });
      expect(seen).toEqual([[1, channel]]);
    });

    it('ends with its signal', async () => {
      const controller = new AbortController();
      const channel = t.key();
      let heard: AbortSignal | undefined;
      const subscription = await t.cache.subscribe(channel, (_, { signal }) => void (heard = signal), {
        signal: controller.signal,
      });
      await t.cache.publish(channel, 1);
      await waitFor(() => heard !== undefined, { what: 'the message' });
      const ended = once(heard!, 'abort');
      controller.abort(new Error('enough'));
      await ended;
      expect(subscription.isListening).toBe(false);
      await waitFor(async () => (await t.cache.publish(channel, 2)) === 0, { what: 'nobody to listen' });
      await expect(t.cache.subscribe(channel, () => 1, { signal: controller.signal })).rejects.toThrow('enough');
    });

    it('refuses invalid arguments before anything is sent', async () => {
      const listener = () => undefined;
      await expect(t.cache.subscribe([], listener)).rejects.toThrow('at least one channel');
      await expect(t.cache.subscribe([''], listener)).rejects.toThrow(TypeError);
      await expect(t.cache.subscribe('a', undefined as never)).rejects.toThrow('The listener must be a function');
      await expect(t.cache.subscribe('a', listener, { backlog: 0 })).rejects.toThrow('backlog must be at least 1');
      await expect(t.cache.subscribe('a', listener, { onGap: 1 as never })).rejects.toThrow('onGap must be a function');
      await expect(t.cache.subscribe('a', listener, { signal: {} as never })).rejects.toThrow('AbortSignal');
      await expect(t.cache.psubscribe('a', listener, { sharded: true } as never)).rejects.toThrow(/"sharded"/);
      await expect(t.cache.psubscribe('\ud800*', listener)).rejects.toThrow('well-formed');
    });
  });

  describe('psubscribe', () => {
    const hear = async () => {
      const seen: unknown[] = [];
      const [orders, mail] = [t.key('orders.'), t.key('mail.')];
      const pattern = `${t.key('orders.').replace(/[{}]/g, '?')}*`;
      await using _ = await t.cache.psubscribe<number>(pattern, (message, context) =>
        seen.push([message, context.channel, context.pattern]),
      );
      for (const [index, name] of [`${orders}a`, mail, `${orders}b`].entries()) await t.cache.publish(name, index);
      await t.cache.withVersion(2).publish(`${orders}a`, 9);
      await waitFor(() => seen.length === 2, { what: 'both messages' });
      expect(seen).toEqual([
        [0, `${orders}a`, pattern],
        [2, `${orders}b`, pattern],
      ]);
    };
    it('hears matching channels, under the publishers’ names', async () => {
      if (t.refuses('PSUBSCRIBE')) await expectRefusal(t.cache, 'PSUBSCRIBE', hear());
      else await hear();
      expect(t.cache['pubsub']['open'].size).toBe(0);
    });
  });

  describe('sharded channels', () => {
    const hear = async () => {
      const seen: string[] = [];
      const channels = Array.from({ length: 20 }, (_, index) => `${t.key()}:${index}`.replace(/[{}]/g, ''));
      await using _ = await t.cache.subscribe<string>(channels, (message) => seen.push(`sharded ${message}`), {
        sharded: true,
      });
      await using other = await t.cache.subscribe<string>(channels, (message) => seen.push(`other ${message}`));
      expect(other.isListening).toBe(true);
      expect(await t.cache.publish(channels[0]!, 'to the other')).toBeLessThanOrEqual(1);
      await waitFor(() => seen.length === 1, { what: 'the other to hear' });
      for (const channel of channels) expect(await t.cache.publish(channel, channel, { sharded: true })).toBe(1);
      await waitFor(() => seen.length === 21, { what: 'all to be heard' });
      // Several nodes report invalidations, each in its own order.
      expect(seen[0]).toBe('other to the other');
      expect(new Set(seen.slice(1))).toEqual(new Set(channels.map((channel) => `sharded ${channel}`)));
    };
    it('are separate from others, many at a time', async () => {
      if (t.refuses('SSUBSCRIBE')) await expectRefusal(t.cache, 'SSUBSCRIBE', hear());
      else await hear();
      expect(t.cache['pubsub']['open'].size).toBe(0);
    });
  });

  it('10,000 messages arrive in order, whoever else listens', { timeout: 60_000 }, async () => {
    const channel = t.key();
    const [atOnce, later]: [number[], number[]] = [[], []];
    await using _ = await t.cache.subscribe<number>(channel, (n) => atOnce.push(n), { backlog: 10_000 });
    await using other = await t.cache.subscribe<number>(channel, (n) => Promise.resolve().then(() => later.push(n)), {
      backlog: 10_000,
    });
    expect(other.dropped).toBe(0);
    const numbers = Array.from({ length: 10_000 }, (_unused, index) => index);
    for (let start = 0; start < numbers.length; start += 1000) {
      const pipeline = t.cache.pipeline();
      for (const n of numbers.slice(start, start + 1000)) pipeline.publish(channel, n);
      await pipeline.execute();
    }
    await waitFor(() => atOnce.length === 10_000 && later.length === 10_000, { what: 'all messages' });
    expect(atOnce).toEqual(numbers);
    expect(later).toEqual(numbers);
  });

  it('nothing is heard after unsubscribe, whatever is under way', async () => {
    const channel = t.key();
    let isEnded = false;
    let late = 0;
    let heard = 0;
    let isPublishing = true;
    const publishing = (async () => {
      while (isPublishing) await Promise.all(Array.from({ length: 20 }, (_, n) => t.cache.publish(channel, n)));
    })();
    for (let round = 0; round < 10; round++) {
      isEnded = false;
      const before = heard;
      const listener = async () => {
        heard++;
        await new Promise(setImmediate);
        if (isEnded) late++;
      };
      const subscription = await t.cache.subscribe(channel, listener, { onOverflow: () => undefined });
      await waitFor(() => heard > before + 5, { what: 'some messages', every: 1 });
      await subscription.unsubscribe();
      isEnded = true;
    }
    isPublishing = false;
    await publishing;
    expect(late).toBe(0);
  });
});

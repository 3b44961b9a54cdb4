import { describe, expect, it, vi } from 'vitest';
import type { ChannelListener } from '../../lib/wire/connection-pool.js';
import { WakeUps } from '../../lib/locking/wake-ups.js';
import { Waiter } from '../../lib/locking/waiter.js';

function open() {
  const listeners: ChannelListener[] = [];
  const close = vi.fn<() => Promise<void>>();
  const subscribe = (_channel: string, listener: ChannelListener) => {
    listeners.push(listener);
    return { close };
  };
  const wakeUps = new WakeUps({ subscribe }, 'wake:');
  const called = ['one', 'two'].map((token) => {
    const waiter = new Waiter();
    wakeUps.enter(token, waiter);
    return vi.spyOn(waiter, 'call');
  });
  wakeUps.listen();
  return { wakeUps, listeners, close, times: () => called.map(({ mock }) => mock.calls.length) };
}

describe('wake-ups', () => {
  it('notify the waiter whose turn it is, as long as it waits', () => {
    const { wakeUps, listeners, times } = open();
    listeners[0]!.onMessage(Buffer.from('two'));
    expect(times()).toEqual([0, 1]);
    wakeUps.leave('two');
    listeners[0]!.onMessage(Buffer.from('two'));
    expect(times()).toEqual([0, 1]);
  });

  it('notify all when the connection opens, because some may have been missed, and when it closes, because they must poll', () => {
    const { wakeUps, listeners, times } = open();
    expect(wakeUps.isListening).toBe(false);
    listeners[0]!.onListening();
    expect([wakeUps.isListening, times()]).toEqual([true, [1, 1]]);
    listeners[0]!.onSilence();
    expect([wakeUps.isListening, times()]).toEqual([false, [2, 2]]);
  });

  it('share one connection, which is closed with them', async () => {
    const { wakeUps, listeners, close } = open();
    wakeUps.listen();
    expect(listeners).toHaveLength(1);
    await wakeUps.close();
    expect(close).toHaveBeenCalledOnce();
  });
});

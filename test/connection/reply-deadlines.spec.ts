import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReplyDeadlines, type Sender, TimedCommand } from '../../lib/connection/driver/reply-deadlines.js';

/** A driver that waits for replies that never come. */
function driver(patienceMs?: number) {
  const queue: { command: TimedCommand }[] = [];
  const line = { session: {}, heard: 0, cut: vi.fn() };
  const sender: Sender = {
    deadlines: new ReplyDeadlines(line, patienceMs),
    explain: (error) => new Error(`explained: ${error.message}`),
  };
  const send = (ms: number) => {
    const command = new TimedCommand('GET', ['key'], sender);
    command.setTimeout(ms);
    queue.push({ command });
    const state = { command, outcome: 'waits' };
    command.promise.then(
      (reply) => (state.outcome = String(reply)),
      (error: Error) => (state.outcome = error.message),
    );
    return state;
  };
  return { send, queue, line };
}

const late = 'explained: Command timed out';

describe('the time of commands on a connection', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('ends for each command separately, whatever the order', async () => {
    const { send } = driver();
    const [long, short] = [send(500), send(100)];
    await vi.advanceTimersByTimeAsync(60);
    const later = send(100);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(41);
    expect([long, short, later].map(({ outcome }) => outcome)).toEqual(['waits', late, 'waits']);
    await vi.advanceTimersByTimeAsync(60);
    expect(later.outcome).toBe(late);
    await vi.advanceTimersByTimeAsync(338);
    expect(long.outcome).toBe('waits');
    await vi.advanceTimersByTimeAsync(2);
    expect(long.outcome).toBe(late);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is the first one set: the driver sets its own later', async () => {
    const { send } = driver();
    const state = send(100);
    state.command.setTimeout(1000);
    await vi.advanceTimersByTimeAsync(101);
    expect(state.outcome).toBe(late);
  });

  it('needs no timer once all are answered', async () => {
    const { send, queue } = driver();
    const states = [send(100), send(100)];
    for (const { command } of states) command.resolve('reply');
    queue.length = 0;
    await vi.advanceTimersByTimeAsync(101);
    expect(states.map(({ outcome }) => outcome)).toEqual(['reply', 'reply']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not end commands that have been answered', async () => {
    const { send } = driver();
    const state = send(100);
    state.command.resolve('reply');
    await vi.advanceTimersByTimeAsync(200);
    state.command.reject(new Error('too late'));
    await vi.advanceTimersByTimeAsync(1);
    expect(state.outcome).toBe('reply');
  });

  it('is over for a connection on which nothing arrives after a late reply', async () => {
    const { send, line } = driver(50);
    send(100);
    await vi.advanceTimersByTimeAsync(140);
    expect(line.cut).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(20);
    expect(line.cut).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('continues on a connection on which something else arrives', async () => {
    const { send, line, queue } = driver(50);
    send(100);
    await vi.advanceTimersByTimeAsync(120);
    line.heard++;
    await vi.advanceTimersByTimeAsync(1000);
    expect(line.cut).not.toHaveBeenCalled();
    queue.length = 0;
    send(100).command.resolve('reply');
    await vi.advanceTimersByTimeAsync(1000);
    expect(line.cut).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('starts again with another connection, and after every silence', async () => {
    const { send, line } = driver(50);
    send(100);
    await vi.advanceTimersByTimeAsync(120);
    line.session = {};
    await vi.advanceTimersByTimeAsync(40);
    send(100);
    await vi.advanceTimersByTimeAsync(140);
    expect(line.cut).not.toHaveBeenCalled();
    line.heard++;
    send(100);
    await vi.advanceTimersByTimeAsync(140);
    expect(line.cut).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(20);
    expect(line.cut).toHaveBeenCalledOnce();
  });
});

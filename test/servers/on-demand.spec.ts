import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { host } from './free-port.js';
import { askForServers, ServersOnDemand } from './on-demand.js';

describe('servers on demand', () => {
  let told: string[];
  let servers: ServersOnDemand;
  let fails: boolean;
  const start = async () => {
    told.push('started');
    if (fails) throw new Error('no room');
    return { connection: 'memory://one', stop: async () => void told.push('stopped') };
  };
  beforeEach(() => {
    [told, fails] = [[], false];
    servers = new ServersOnDemand({ one: start }, false);
  });
  afterEach(() => servers.close());

  it('start at the first request, once for all, and stop at the end', async () => {
    const port = await servers.listen();
    expect(told).toEqual([]);
    expect(await Promise.all([askForServers(port), askForServers(port)])).toEqual([
      { one: 'memory://one' },
      { one: 'memory://one' },
    ]);
    expect(told).toEqual(['started']);
    await servers.close();
    expect(told).toEqual(['started', 'stopped']);
  });

  it('stop when the last client has left, and start again for the next', async () => {
    const port = await servers.listen();
    const sockets = [connect(port, host), connect(port, host)];
    await Promise.all(sockets.map((socket) => once(socket, 'data')));
    sockets[0]!.destroy();
    await once(sockets[0]!, 'close');
    expect(told).toEqual(['started']);
    sockets[1]!.destroy();
    await expect.poll(() => told).toEqual(['started', 'stopped']);
    await askForServers(port);
    expect(told).toEqual(['started', 'stopped', 'started']);
  });

  it('say why they have not started', async () => {
    fails = true;
    const port = await servers.listen();
    await expect(askForServers(port)).rejects.toThrow('The servers did not start: Error: no room');
  });
});

import { expect, it } from 'vitest';
import { Redis } from 'ioredis';
import { pretending } from '../../lib/connection/driver/probe/pretended-server.js';

it('the check of the driver sends only what the library sends', async () => {
  const clients: { disconnect(): void }[] = [];
  const { options, sockets } = pretending(() => '+OK\r\n', clients);
  const redis = new Redis(options);
  try {
    await redis.connect();
    await redis.echo('x');
    // ioredis 5 first reads its version from a file, and would send it at any moment.
    expect(sockets[0]!.writes.join('').toLowerCase()).not.toContain('setinfo');
  } finally {
    redis.disconnect();
    for (const client of clients) client.disconnect();
  }
});

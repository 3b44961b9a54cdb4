import { CachexModule, CachexService } from 'nest-cachex';
import { inTurn, openCache, sampleObject } from './measure.mjs';

const calls = 50_000;
const value = sampleObject(200);

/** A server without a network: it keeps the bytes and answers immediately. */
class InstantPool {
  stored = null;
  connect() {
    return Promise.resolve();
  }
  send({ name, args }) {
    if (name === 'SET') this.stored = args[1];
    return Promise.resolve(name === 'GET' ? this.stored : 'OK');
  }
  close() {
    return Promise.resolve();
  }
}

/** Microseconds that the library adds to a call, codec included, if the client answers immediately. */
export async function overhead() {
  const cache = await openCache(CachexModule, CachexService, {
    connection: { type: 'standalone', poolClass: InstantPool },
  });
  const bare = new InstantPool();
  const bytes = Buffer.from(JSON.stringify(value));
  const seconds = await inTurn(
    {
      'bare set': async () => {
        for (let i = 0; i < calls; i++) await bare.send({ name: 'SET', args: ['app:1:key', bytes, 'PX', '300000'] });
      },
      'cachex set': async () => {
        for (let i = 0; i < calls; i++) await cache.set('key', value);
      },
      'bare get': async () => {
        for (let i = 0; i < calls; i++) await bare.send({ name: 'GET', args: ['app:1:key'] });
      },
      'cachex get': async () => {
        for (let i = 0; i < calls; i++) await cache.get('key');
      },
    },
    15,
  );
  await cache.close();
  const added = (name) => ((seconds[`cachex ${name}`] - seconds[`bare ${name}`]) / calls) * 1e6;
  return { set: added('set'), get: added('get') };
}

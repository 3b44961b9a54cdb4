import { type Callback, type Cluster, type Redis, ReplyError } from 'ioredis';
import { mistrust, notNow } from '../../wire/server-errors.js';
import { isReply } from './driver-errors.js';

/**
 * Decides for the driver whether a server is ready. A server that does not report its state is ready: the user may not
 * send `INFO`, or a proxy does not know the command. The driver would reconnect forever, or print a warning each time.
 * A server that is loading its data fails the attempt with that reason; the driver would wait silently for the time that
 * the server estimates, even after the end of the connection.
 */
export function decideReadiness(redis: Redis): void {
  const info: Redis['info'] = redis.info.bind(redis);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver calls it with a callback only; other calls pass through
  redis.info = ((...args: [Callback<string>]) => {
    const [done] = args;
    // Commands of users do not arrive here: they wait until the connection is ready.
    if (redis.status !== 'connect' || typeof done !== 'function') return info(...args);
    return info((error, text) => {
      if (error && !isRefused(error)) return done(error);
      if (typeof text === 'string' && isLoading.test(text)) return done(loading());
      // Behind Sentinels the driver looks for the role in the reply, whatever the reply is.
      return done(null, typeof text === 'string' ? text : '');
    });
  }) as Redis['info'];
}

/**
 * The same for a cluster, whose users may not be allowed to send `CLUSTER INFO`. The driver does not report why a
 * cluster is not ready.
 */
export function decideReadinessOf(cluster: Cluster): void {
  const ask: Cluster['cluster'] = cluster.cluster.bind(cluster);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver passes these arguments only; other calls pass through
  cluster.cluster = ((...args: ['INFO', Callback<unknown>]) => {
    const [subcommand, done] = args;
    if (cluster.status !== 'connect' || subcommand !== 'INFO' || typeof done !== 'function') return ask(...args);
    return ask(subcommand, (error, text) => {
      const failure = error && !isRefused(error) ? error : isDown.test(String(text)) ? down() : undefined;
      if (failure && cluster.listenerCount('error') > 0) cluster.emit('error', failure);
      return failure ? done(failure) : done(null, text);
    });
  }) as Cluster['cluster'];
}

const isLoading = /^loading:1\b/m;

const isDown = /^cluster_state:fail\b/m;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver types its class of errors as `any`
const replied = (text: string): Error => new ReplyError(text) as Error;
const loading = (): Error => replied('LOADING the server is loading its data');
const down = (): Error => replied('CLUSTERDOWN the cluster is down');

const isRefused = (error: Error): boolean =>
  isReply(error) && !notNow.test(error.message) && (/^NOPERM\b/.test(error.message) || !mistrust.test(error.message));

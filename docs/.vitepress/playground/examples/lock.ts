// A holds a lock and stands still for longer than its lease: the lock passes on to B.
const a = await start('A');
const b = await start('B');

let newest = 0; // what the database remembers
const write = (name, token) => {
  if (token < newest) return log(`${name} is refused: its token ${token} is older than ${newest}`);
  newest = token;
  log(`${name} writes, with the token ${token}`);
};

const first = a.lock('stock:42', { timeout: '2s' });
const second = b.lock('stock:42', { timeout: '2s', blockingTimeout: '1m' });

await first.acquire();
const token = first.fencingToken;
const waiting = second.acquire(); // B waits in the queue
await clock.advance('3s'); // A is busy with something else
await waiting;

write('B', second.fencingToken);
write('A', token); // A wakes up, and writes too late
log('A still holds it:', await first.owned());
await second.release();

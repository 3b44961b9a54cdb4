import { createConnection } from 'node:net';
import { once } from 'node:events';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pin } from './processors.mjs';

/**
 * Sends requests over kept connections, one at a time on each, from a separate process: the CPU time of this process is
 * the server's.
 */
export async function startLoad(port, connections = 16) {
  const client = fork(fileURLToPath(import.meta.url), [String(port), String(connections)]);
  pin(client.pid, 'server');
  await once(client, 'message');
  return {
    async send(path, count) {
      client.send({ path, count });
      const [{ status }] = await once(client, 'message');
      if (status !== 200) throw new Error(`${path} answered with ${status}`);
    },
    stop: () => client.kill(),
  };
}

async function ask(socket, path, state) {
  let received = '';
  const request = `GET ${path} HTTP/1.1\r\nhost: bench\r\n\r\n`;
  await new Promise((resolve, reject) => {
    const next = () => {
      if (state.left-- > 0) socket.write(request);
      else resolve(socket.off('data', take));
    };
    const take = (data) => {
      received += data;
      const head = received.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(received)[1]);
      if (received.length < head + 4 + length) return;
      state.status = Number(received.slice(9, 12));
      received = '';
      next();
    };
    socket.on('data', take).once('error', reject);
    next();
  });
  socket.removeAllListeners('error');
}

const [program, port, connections] = process.argv.slice(1);
if (program === fileURLToPath(import.meta.url)) {
  const sockets = Array.from({ length: Number(connections) }, () => createConnection(Number(port), '127.0.0.1'));
  for (const socket of sockets) socket.setEncoding('latin1').setNoDelay(true);
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const run = async ({ path, count }) => {
    const state = { left: count, status: 0 };
    await Promise.all(sockets.map((socket) => ask(socket, path, state)));
    process.send({ status: state.status });
  };
  process.on('message', (order) => void run(order));
  process.send('ready');
}

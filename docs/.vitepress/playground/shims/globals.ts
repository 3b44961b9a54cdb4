import { clock } from '../engine/clock.js';
import { Buffer } from './buffer.js';

/** What Node.js has everywhere, and a browser has not. First of all: the library may keep what it finds. */
Object.assign(globalThis, {
  Buffer,
  process: {
    argv: [],
    env: {},
    pid: 1,
    nextTick: <A extends unknown[]>(run: (...args: A) => void, ...args: A) => queueMicrotask(() => run(...args)),
  },
});

clock.install();

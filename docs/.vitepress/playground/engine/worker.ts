import '../shims/globals.js';
import { LuaInterpreter } from '../../../../lib/embedded/lua/interpreter.js';
import type { Order, Report } from '../protocol.js';
import { luaAt } from '../shims/lua.js';
import { clock, realNow } from './clock.js';
import { journal } from './journal.js';
import { network } from './network.js';
import { stateOfProcesses, storedKeys } from './processes.js';
import { advance, run, waitFor } from './run.js';
import { show } from './show.js';
import { listenToScripts } from './wire.js';

interface Uncaught {
  readonly reason?: unknown;
  readonly error?: unknown;
  preventDefault(): void;
}

/** What a worker has, and a program of Node.js has not. */
declare const self: {
  postMessage(report: Report): void;
  onmessage: (event: { readonly data: Order }) => void;
  addEventListener(type: 'unhandledrejection' | 'error', listen: (event: Uncaught) => void): void;
};

declare const MessageChannel: new () => {
  readonly port1: { onmessage: () => void };
  readonly port2: { postMessage(message: null): void };
};

/** What comes to rest after a run: answers under way, and messages of Redis. */
const restMs = 20;
/** How often the page hears of a long run. */
const aliveMs = 250;

/** The visitor's code has no business outside of the playground. */
const doors = ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'importScripts', 'indexedDB', 'caches'];

const { port1, port2 } = new MessageChannel();
let saidAt = 0;

/** Lets all code run that waits for nothing. */
function turn(): Promise<void> {
  if (realNow() - saidAt > aliveMs) {
    saidAt = realNow();
    self.postMessage({ type: 'rows', rows: journal.take() });
  }
  return new Promise((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(null);
  });
}

async function obey(order: Order): Promise<void> {
  const startedAt = clock.nowMs;
  journal.begin();
  if (order.type === 'load') {
    luaAt(order.lua);
    await LuaInterpreter.load();
    for (const name of doors) Reflect.deleteProperty(globalThis, name);
    return self.postMessage({ type: 'ready' });
  }
  if (order.type === 'run') await run(order.code, turn);
  const tookMs = clock.nowMs - startedAt;
  if (order.type === 'redis') network.switchTo(order.isUp);
  await advance(order.type === 'advance' ? order.ms : restMs, turn);
  const processes = await waitFor(stateOfProcesses(), turn);
  const state = { now: clock.nowMs, isUp: network.isUp, processes, ...(await storedKeys()) };
  self.postMessage({ type: 'rows', rows: journal.take() });
  self.postMessage({ type: 'done', order: order.type, tookMs, state });
}

let last = Promise.resolve();
self.onmessage = ({ data }) => {
  last = last.then(() => obey(data)).catch((error: unknown) => self.postMessage({ type: 'failed', why: show(error) }));
};

/** What nobody has caught is of the visitor's code. */
function uncaught(event: Uncaught): void {
  event.preventDefault();
  journal.add({ kind: 'error', text: show(event.reason ?? event.error) });
}
self.addEventListener('unhandledrejection', uncaught);
self.addEventListener('error', uncaught);

listenToScripts();

/** Looked up at each call: the clock of the playground takes the place of the browser's. */
export const setTimeout = (run: () => void, ms?: number): NodeJS.Timeout => globalThis.setTimeout(run, ms);
export const setInterval = (run: () => void, ms?: number): NodeJS.Timeout => globalThis.setInterval(run, ms);
export const setImmediate = (run: () => void): NodeJS.Immediate => globalThis.setImmediate(run);
export const clearTimeout = (timer: NodeJS.Timeout): void => globalThis.clearTimeout(timer);
export const clearInterval = (timer: NodeJS.Timeout): void => globalThis.clearInterval(timer);

import { EventEmitter } from 'events/';

export { EventEmitter };
export const once = (emitter: EventEmitter, event: string): Promise<unknown[]> => EventEmitter.once(emitter, event);
/** The browser warns of no leaks. */
export const setMaxListeners = (): void => undefined;

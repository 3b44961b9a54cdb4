import { inject } from 'vitest';
import { askForServers, type Connections } from './servers/on-demand.js';

let asked: Promise<Connections> | undefined;

/** Opened once for all files of a worker. */
export const connectionsOfRun = (): Promise<Connections> => (asked ??= askForServers(inject('serversAt')));

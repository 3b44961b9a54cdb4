import { randomInt } from 'node:crypto';

/**
 * How many commands each family compares at least. `DIFFERENTIAL_COMMANDS=10000 npx vitest run test/memory/differential`
 * compares more than 200,000 in all.
 */
export const commandsPerFamily = Number(process.env['DIFFERENTIAL_COMMANDS'] ?? 1000);
/** `DIFFERENTIAL_SEED=1` makes the same commands again. */
export const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? randomInt(2 ** 31));
export const timeoutMs = 60_000 + commandsPerFamily * 50;

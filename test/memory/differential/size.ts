import { randomInt } from 'node:crypto';

/**
 * The least number of compared commands per family. `DIFFERENTIAL_COMMANDS=10000 npx vitest run
 * test/memory/differential` compares more than 200,000 in all.
 */
export const commandsPerFamily = Number(process.env['DIFFERENTIAL_COMMANDS'] ?? 1000);
/** `DIFFERENTIAL_SEED=1` repeats the same commands. */
export const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? randomInt(2 ** 31));
export const timeoutMs = 60_000 + commandsPerFamily * 50;

import { constants } from 'node:buffer';
import { ConfigError } from '../../errors/index.js';
import { checkOptions, type KnownNames, type NamesOf } from '../../arguments/option-names.js';
import { DEFAULT_MAX_LENGTH } from './output-limit.js';

/** When a built-in compressor compresses, and how much work it spends. @publicApi */
export interface CompressorOptions {
  /** How much work to spend, on the scale of the format itself: higher is smaller and slower. */
  readonly level?: number;
  /** Serialized values shorter than this many bytes are stored uncompressed (256). */
  readonly minLength?: number;
  /** Longer values (in bytes) are stored uncompressed, and data that decompress to more cannot be read (64 MiB). */
  readonly maxLength?: number;
}

export const DEFAULT_MIN_LENGTH = 256;

export const lengthNames: NamesOf<Omit<CompressorOptions, 'level'>> = { minLength: true, maxLength: true };
const levelledNames: NamesOf<CompressorOptions> = { ...lengthNames, level: true };

/**
 * @throws TypeError for an option that the compressor does not know
 * @throws ConfigError for an invalid length
 */
export function checkCompressorOptions(
  name: string,
  options: CompressorOptions,
  known: KnownNames = levelledNames,
): void {
  checkOptions(options, known, `The options of the compressor ${name}`, '{ minLength: 1024 }');
  checkLengths(name, options);
}

/** @throws ConfigError for a level that the format does not have. */
export function checkedLevel(name: string, level: number, lowest: number, highest: number): number {
  if (Number.isInteger(level) && level >= lowest && level <= highest) return level;
  throw new ConfigError(`level of the compressor ${name} must be a whole number from ${lowest} to ${highest}`);
}

/** @throws ConfigError */
export function checkLengths(name: string, lengths: Omit<CompressorOptions, 'level'>): void {
  const { minLength = DEFAULT_MIN_LENGTH, maxLength = DEFAULT_MAX_LENGTH } = lengths;
  if (!Number.isSafeInteger(minLength) || minLength < 0) {
    throw new ConfigError(`minLength of the compressor ${name} must be a number of bytes, 0 or more`);
  }
  if (!Number.isSafeInteger(maxLength) || maxLength < 1 || maxLength > constants.MAX_LENGTH) {
    throw new ConfigError(
      `maxLength of the compressor ${name} must be a number of bytes, 1 to ${constants.MAX_LENGTH}`,
    );
  }
}

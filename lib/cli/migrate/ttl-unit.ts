import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TtlUnit } from './times.js';

/** Seconds if the application depends on a `cache-manager` before version 5, else milliseconds. */
export async function ttlUnitOf(folder: string): Promise<TtlUnit> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- anything else has no version
  const manifest = JSON.parse(text) as Record<string, Record<string, unknown> | undefined>;
  const range = { ...manifest['devDependencies'], ...manifest['dependencies'] }['cache-manager'];
  const major = typeof range === 'string' ? /\d+/.exec(range)?.[0] : undefined;
  return major !== undefined && Number(major) < 5 ? 's' : 'ms';
}

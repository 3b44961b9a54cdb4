import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const skipped = new Set(['node_modules', 'dist', 'build', 'coverage']);

/**
 * The TypeScript sources at and below the paths that name the cache; files that register it with a server come first.
 */
export async function readSourceFiles(paths: readonly string[]): Promise<SourceFile[]> {
  const names = (await Promise.all(paths.map(namesBelow))).flat().toSorted();
  const files = await Promise.all(names.map(async (path) => ({ path, text: await readFile(path, 'utf8') })));
  const rank = ({ text }: SourceFile): number => {
    if (!/\bregister(Async)?[(<]/.test(text)) return 2;
    return /redis|valkey|keyv/i.test(text) ? 0 : 1;
  };
  return files
    .filter(({ text }) => /cache-?manager|CACHE_MANAGER|CacheModule/.test(text))
    .toSorted((a, b) => rank(a) - rank(b));
}

async function namesBelow(path: string): Promise<string[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new Error(`There is no file or folder "${path}"`, { cause });
  });
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const below = entries.map(async (entry) => {
    if (entry.isDirectory())
      return skipped.has(entry.name) || entry.name.startsWith('.') ? [] : namesBelow(join(path, entry.name));
    return entry.isFile() && /\.[mc]?tsx?$/.test(entry.name) && !entry.name.includes('.d.')
      ? [join(path, entry.name)]
      : [];
  });
  return (await Promise.all(below)).flat();
}

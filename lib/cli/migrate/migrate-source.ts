import { migrateCalls } from './calls.js';
import type { Note } from './edits.js';
import { tidyImports } from './imports.js';
import { migrateInjections } from './injections.js';
import { migrateInterceptors } from './interceptors.js';
import { MigratedFile, type Registration } from './migrated-file.js';
import { migrateModules } from './modules.js';
import type { TtlUnit } from './times.js';
import type { TypeScript } from '../program/typescript.js';

export interface Migrated {
  readonly text: string;
  /** What to migrate by hand, by line of the original. */
  readonly notes: readonly Note[];
}

/** Migrates one source file from `@nestjs/cache-manager`, as far as the rules understand it. */
export function migrateSource(
  ts: TypeScript,
  name: string,
  text: string,
  unit: TtlUnit,
  registration: Registration,
): Migrated {
  const parse = (content: string) => ts.createSourceFile(name, content, ts.ScriptTarget.Latest, true);
  const source = parse(text);
  const file = new MigratedFile(ts, source, unit, registration);
  if (!file.imports.hasCache) return { text, notes: [] };
  migrateModules(file);
  migrateCalls(file);
  migrateInjections(file);
  migrateInterceptors(file);
  const notes = file.edits.notes.toSorted((a, b) => a.line - b.line);
  if (file.edits.isEmpty) return { text, notes };
  return { text: tidyImports(ts, source, parse(file.edits.apply())), notes };
}

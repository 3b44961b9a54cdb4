import type ts from 'typescript';
import type { TypeScript } from '../program/typescript.js';

const cachePackages = new Set(['@nestjs/cache-manager', 'cache-manager']);
/** `@nestjs/common` exported these before version 10. */
const ofNestCommon = new Set(['CACHE_MANAGER', 'CacheModule', 'CacheInterceptor', 'CacheKey', 'CacheTTL']);
const storePackages =
  /^(keyv|@keyv\/\w+|cacheable|@?cacheable\/\w+|cache-manager-\S+|@tirke\/node-cache-manager-\S+|@nestjs\/cache-manager|cache-manager)$/;

/** What the imported names of a file stand for. */
export class Imports {
  private readonly caching = new Map<string, string>();
  private readonly stores = new Map<string, string>();

  constructor(
    private readonly ts: TypeScript,
    source: ts.SourceFile,
  ) {
    for (const statement of source.statements) {
      if (ts.isImportDeclaration(statement)) this.read(statement);
    }
  }

  get hasCache(): boolean {
    return this.caching.size > 0;
  }

  /** Whether `node` is the name that a package of the cache exports as `name`. */
  is(node: ts.Node | undefined, name: string): boolean {
    return node !== undefined && this.ts.isIdentifier(node) && this.caching.get(node.text) === name;
  }

  /** The exported name behind a local one, if a package of stores exports it: `createKeyv`, `KeyvRedis`, `default`. */
  storeNamed(node: ts.Expression): string | undefined {
    if (this.ts.isIdentifier(node)) return this.stores.get(node.text);
    const isMember = this.ts.isPropertyAccessExpression(node) && this.ts.isIdentifier(node.expression);
    return isMember ? this.stores.get(node.expression.text)?.replace('*', node.name.text) : undefined;
  }

  private read({ importClause, moduleSpecifier }: ts.ImportDeclaration): void {
    if (!importClause || !this.ts.isStringLiteral(moduleSpecifier)) return;
    const from = moduleSpecifier.text;
    for (const [local, imported] of importedNames(this.ts, importClause)) {
      if (cachePackages.has(from) || (from === '@nestjs/common' && ofNestCommon.has(imported))) {
        this.caching.set(local, imported);
      }
      if (storePackages.test(from)) this.stores.set(local, `${imported} of ${from}`);
    }
  }
}

function* importedNames(ts: TypeScript, clause: ts.ImportClause): Generator<[local: string, imported: string]> {
  if (clause.name) yield [clause.name.text, 'default'];
  const { namedBindings } = clause;
  if (!namedBindings) return;
  if (ts.isNamespaceImport(namedBindings)) yield [namedBindings.name.text, '*'];
  else for (const { name, propertyName } of namedBindings.elements) yield [name.text, (propertyName ?? name).text];
}

const replaced = /^(keyv|@keyv\/(redis|valkey)|cacheable|cache-manager(-\S+)?|@nestjs\/cache-manager)$/;
/** Names from packages that stay; a changed file may no longer use them. */
const mayBeIdle = new Set([...ofNestCommon, 'Inject', 'UseInterceptors']);
const added = ['Cacheable', 'CachexModule', 'CachexService', 'fromContext', 'getCachexToken'];

/** Removes imports that a changed file no longer uses, and adds those of nest-cachex. */
export function tidyImports(ts: TypeScript, before: ts.SourceFile, after: ts.SourceFile): string {
  const [wereUsed, used] = [namesUsed(ts, before), namesUsed(ts, after)];
  const cuts: { start: number; end: number; text: string }[] = [];
  let last = 0;
  let semicolon = ';';
  const endOf = (statement: ts.ImportDeclaration): string => (statement.getText(after).endsWith(';') ? ';' : '');
  const known = new Set<string>();
  for (const statement of after.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    last = statement.end;
    semicolon = endOf(statement);
    const { importClause, moduleSpecifier } = statement;
    if (!importClause || !ts.isStringLiteral(moduleSpecifier)) continue;
    const names = [...importedNames(ts, importClause)];
    if (moduleSpecifier.text === 'nest-cachex') for (const [local] of names) known.add(local);
    const isReplaced = replaced.test(moduleSpecifier.text);
    const isIdle = ([local, imported]: [string, string]): boolean =>
      (isReplaced || (mayBeIdle.has(imported) && wereUsed.has(local))) && !used.has(local);
    if (!names.some(isIdle)) continue;
    const text = importText(
      names.filter((name) => !isIdle(name)),
      importClause,
      moduleSpecifier.getText(after),
      endOf(statement),
    );
    const isWhole = text === '';
    const end = isWhole && after.text[statement.end] === '\n' ? statement.end + 1 : statement.end;
    cuts.push({ start: statement.getStart(after), end, text });
  }
  const missing = added.filter((name) => used.has(name) && !wereUsed.has(name) && !known.has(name));
  const quote = after.text.includes('from "') ? '"' : "'";
  let { text } = after;
  if (missing.length > 0) {
    const line = `import { ${missing.join(', ')} } from ${quote}nest-cachex${quote}${semicolon}`;
    cuts.push({ start: last, end: last, text: last > 0 ? `\n${line}` : `${line}\n` });
  }
  for (const cut of cuts.toSorted((a, b) => b.start - a.start)) {
    text = text.slice(0, cut.start) + cut.text + text.slice(cut.end);
  }
  return text;
}

function importText(
  names: [string, string][],
  { isTypeOnly }: ts.ImportClause,
  specifier: string,
  end: string,
): string {
  if (names.length === 0) return '';
  const defaults = names.filter(([, imported]) => imported === 'default').map(([local]) => local);
  const spaces = names.filter(([, imported]) => imported === '*').map(([local]) => `* as ${local}`);
  const rest = names
    .filter(([, imported]) => imported !== 'default' && imported !== '*')
    .map(([local, imported]) => (local === imported ? local : `${imported} as ${local}`));
  const parts = [...defaults, ...spaces, ...(rest.length > 0 ? [`{ ${rest.join(', ')} }`] : [])];
  return `import ${isTypeOnly ? 'type ' : ''}${parts.join(', ')} from ${specifier}${end}`;
}

/** The names that a file uses outside its imports. */
function namesUsed(ts: TypeScript, source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const walk = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isIdentifier(node) && !isMemberName(ts, node)) names.add(node.text);
    ts.forEachChild(node, walk);
  };
  walk(source);
  return names;
}

const isMemberName = (ts: TypeScript, node: ts.Identifier): boolean =>
  (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) ||
  (ts.isPropertyAssignment(node.parent) && node.parent.name === node);

import type ts from 'typescript';
import type { MigratedFile } from './migrated-file.js';
import { injectionOf, isCacheType, isInjectedCache } from './receivers.js';

/** `@Inject(CACHE_MANAGER) cache: Cache` becomes `cache: CachexService`, and the token `getCachexToken()`. */
export function migrateInjections(file: MigratedFile): void {
  const { ts, edits, imports } = file;
  const left = new Set<ts.Node>();
  file.visitAll((node) => {
    const injection = injectionOf(file, node);
    if (injection && (ts.isParameter(node) || ts.isPropertyDeclaration(node))) {
      if (isInjectedCache(file, node)) migrateInjection(file, node, injection);
      else {
        left.add(injection);
        edits.note(node, `is injected as ${node.type?.getText(file.source)}: decide by hand what to use instead`);
      }
    } else if (ts.isTypeReferenceNode(node) && isCacheType(file, node) && !isTypeOfInjection(file, node)) {
      if (ts.isIndexedAccessTypeNode(node.parent))
        edits.note(node, `${node.parent.getText(file.source)} has no counterpart`);
      else edits.replace(node, 'CachexService');
    }
  });
  file.visitAll((node) => {
    if (!imports.is(node, 'CACHE_MANAGER') || ts.isImportSpecifier(node.parent) || isInside(node, left)) return;
    if (isInjectionToken(file, node)) return;
    edits.replace(node, 'getCachexToken()');
    if (ts.isPropertyAssignment(node.parent) && node.parent.name.getText(file.source) === 'provide') {
      edits.note(
        node,
        'replaces the cache in tests: CachexTestingModule is a real cache without a server; del is delete here',
      );
    }
  });
}

function migrateInjection(
  file: MigratedFile,
  node: ts.ParameterDeclaration | ts.PropertyDeclaration,
  injection: ts.Decorator,
): void {
  const { ts, edits } = file;
  if (ts.isParameter(node)) edits.remove(injection);
  else edits.replace(injection, '@Inject()');
  if (node.type) edits.replace(node.type, 'CachexService');
  else edits.insert((node.questionToken ?? node.name).end, ': CachexService');
}

/** The type of an injection changes together with it. */
const isTypeOfInjection = (file: MigratedFile, type: ts.TypeReferenceNode): boolean =>
  isInjectedCache(file, type.parent) && 'type' in type.parent && type.parent.type === type;

function isInjectionToken(file: MigratedFile, node: ts.Node): boolean {
  const decorator = node.parent.parent;
  return file.ts.isDecorator(decorator) && isInjectedCache(file, decorator.parent);
}

function isInside(node: ts.Node, outer: ReadonlySet<ts.Node>): boolean {
  for (let at: ts.Node | undefined = node; at; at = at.parent) if (outer.has(at)) return true;
  return false;
}

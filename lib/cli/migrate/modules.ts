import type ts from 'typescript';
import type { MigratedFile } from './migrated-file.js';
import { readModuleOptions } from './module-options.js';
import type { Locals } from './stores.js';

/** `CacheModule.register()` and `registerAsync()`; other modules no longer import or export it. */
export function migrateModules(file: MigratedFile): void {
  const { ts, edits, imports } = file;
  file.visitAll((node) => {
    if (ts.isIdentifier(node) && imports.is(node, 'CacheModule') && ts.isArrayLiteralExpression(node.parent)) {
      edits.removeFromList(node, node.parent.elements);
    }
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
    if (!imports.is(node.expression.expression, 'CacheModule')) return;
    const rule = node.expression.name.text === 'register' ? register : registerAsync;
    const why = rule(file, node);
    if (why) edits.note(node, `${node.expression.getText(file.source)}() stays as it is: ${why}`);
  });
}

/** Returns why it stays as it is, if it does. */
function register(file: MigratedFile, node: ts.CallExpression): string | undefined {
  const [argument] = node.arguments;
  const literal = argument && file.bare(argument);
  if (literal && !file.ts.isObjectLiteralExpression(literal)) return 'its options are defined elsewhere';
  if (literal && file.propertiesOf(literal)?.has('useFactory') === true)
    return 'it never calls its useFactory, so the cache was in memory; registerAsync() would have called it';
  const options = readModuleOptions(file, literal, new Map());
  if (typeof options === 'string') return options;
  return place(file, node, options.text, () => `CachexModule.forRoot(${options.text})`);
}

function registerAsync(file: MigratedFile, node: ts.CallExpression): string | undefined {
  const { ts, edits } = file;
  const [argument] = node.arguments;
  if (!argument || !ts.isObjectLiteralExpression(argument)) return 'its options are defined elsewhere';
  const factory = factoryOf(file, argument);
  const made = factory && resultOf(file, factory);
  if (!made) return 'it has no useFactory that returns an object literal';
  const options = readModuleOptions(file, made.literal, made.locals);
  if (typeof options === 'string') return options;
  return place(file, node, options.text, () => {
    for (const statement of options.idle) edits.remove(statement);
    edits.replace(made.literal, options.text);
    const isGlobal = argument.properties.find((property) => property.name?.getText(file.source) === 'isGlobal');
    if (isGlobal) edits.removeFromList(isGlobal, argument.properties);
    return `CachexModule.forRootAsync(${file.text(argument)})`;
  });
}

/** CachexModule is global: the first registration serves all modules, and equal ones are removed. */
function place(file: MigratedFile, node: ts.CallExpression, options: string, write: () => string): string | undefined {
  const { ts, edits, registration } = file;
  if (registration.options === undefined) {
    registration.options = options;
    edits.replace(node, write());
    return undefined;
  }
  const isSame = node.arguments.length === 0 || registration.options === options;
  if (!isSame) return 'CachexModule is already registered with other options (a second cache needs a name)';
  if (ts.isArrayLiteralExpression(node.parent)) edits.removeFromList(node, node.parent.elements);
  return undefined;
}

type Factory = ts.ArrowFunction | ts.FunctionExpression | ts.MethodDeclaration;

function factoryOf({ ts }: MigratedFile, options: ts.ObjectLiteralExpression): Factory | undefined {
  const property = options.properties.find(({ name }) => name && ts.isIdentifier(name) && name.text === 'useFactory');
  if (!property) return undefined;
  if (ts.isMethodDeclaration(property)) return property;
  if (!ts.isPropertyAssignment(property)) return undefined;
  const { initializer } = property;
  return ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer) ? initializer : undefined;
}

/** The object literal that a factory returns, and the variables of its body. */
function resultOf(
  file: MigratedFile,
  factory: Factory,
): { literal: ts.ObjectLiteralExpression; locals: Locals } | undefined {
  const { ts } = file;
  const locals: Locals = new Map();
  const { body } = factory;
  if (!body) return undefined;
  if (!ts.isBlock(body)) {
    const literal = file.bare(body);
    return ts.isObjectLiteralExpression(literal) ? { literal, locals } : undefined;
  }
  for (const statement of body.statements) {
    if (!ts.isVariableStatement(statement) || statement.declarationList.declarations.length !== 1) continue;
    const [declaration] = statement.declarationList.declarations;
    if (declaration?.initializer && ts.isIdentifier(declaration.name)) {
      locals.set(declaration.name.text, { value: declaration.initializer, statement });
    }
  }
  const last = body.statements.at(-1);
  const literal = last && ts.isReturnStatement(last) && last.expression ? file.bare(last.expression) : undefined;
  return literal && ts.isObjectLiteralExpression(literal) ? { literal, locals } : undefined;
}

import type ts from 'typescript';
import type { MigratedFile } from './migrated-file.js';

/** Where a file keeps caches: properties of its classes, parameters, variables. */
export class Receivers {
  private readonly declarations = new Set<ts.Node>();
  /** Names of properties, by class. */
  private readonly properties = new Map<ts.Node, Set<string>>();

  constructor(private readonly file: MigratedFile) {
    file.visitAll((node) => this.read(node));
  }

  /** Whether an expression is a cache: `this.cache`, `cache`, also wrapped (`(await cache)!`). */
  isCache(expression: ts.Expression): boolean {
    const { ts } = this.file;
    const node = this.file.bare(expression);
    if (ts.isIdentifier(node)) return this.isDeclared(node);
    if (!ts.isPropertyAccessExpression(node) || node.expression.kind !== ts.SyntaxKind.ThisKeyword) return false;
    const owner = ancestor(node, (candidate) => ts.isClassLike(candidate));
    return owner !== undefined && (this.properties.get(owner)?.has(node.name.text) ?? false);
  }

  private read(node: ts.Node): void {
    const { ts } = this.file;
    if (ts.isParameter(node) && ts.isIdentifier(node.name) && this.isTyped(node)) {
      this.declarations.add(node);
      if (ts.isParameterPropertyDeclaration(node, node.parent)) this.own(node.parent.parent, node.name.text);
    } else if (ts.isPropertyDeclaration(node) && ts.isIdentifier(node.name) && this.isTyped(node)) {
      this.own(node.parent, node.name.text);
    } else if (ts.isVariableDeclaration(node) && (this.isTyped(node) || this.isFromToken(node.initializer))) {
      this.declarations.add(node);
    } else if (ts.isBinaryExpression(node) && this.isFromToken(node.right)) this.readAssignment(node.left);
  }

  /** `this.cache = module.get(CACHE_MANAGER)`. */
  private readAssignment(target: ts.Expression): void {
    const { ts } = this.file;
    if (ts.isPropertyAccessExpression(target) && target.expression.kind === ts.SyntaxKind.ThisKeyword) {
      const owner = ancestor(target, (candidate) => ts.isClassLike(candidate));
      if (owner) this.own(owner, target.name.text);
    } else if (ts.isIdentifier(target)) {
      const declaration = this.declarationOf(target);
      if (declaration) this.declarations.add(declaration);
    }
  }

  private own(owner: ts.Node, name: string): void {
    const names = this.properties.get(owner) ?? new Set();
    this.properties.set(owner, names.add(name));
  }

  private isTyped(node: ts.ParameterDeclaration | ts.PropertyDeclaration | ts.VariableDeclaration): boolean {
    return isCacheType(this.file, node.type) || isInjectedCache(this.file, node);
  }

  private isFromToken(node: ts.Expression | undefined): boolean {
    if (!node) return false;
    const { ts, imports } = this.file;
    const call = this.file.bare(node);
    return ts.isCallExpression(call) && call.arguments.some((argument) => imports.is(argument, 'CACHE_MANAGER'));
  }

  private isDeclared(name: ts.Identifier): boolean {
    const declaration = this.declarationOf(name);
    return declaration !== undefined && this.declarations.has(declaration);
  }

  /** The innermost parameter or variable of that name in scope. */
  private declarationOf(name: ts.Identifier): ts.Node | undefined {
    const { ts } = this.file;
    for (let scope: ts.Node | undefined = name.parent; scope; scope = scope.parent) {
      const candidates: ts.Node[] = [];
      if (ts.isFunctionLike(scope)) candidates.push(...scope.parameters);
      if (ts.isBlock(scope) || ts.isSourceFile(scope)) {
        for (const statement of scope.statements) {
          if (ts.isVariableStatement(statement)) candidates.push(...statement.declarationList.declarations);
        }
      }
      const found = candidates.find((node) => {
        const declared = ts.isParameter(node) || ts.isVariableDeclaration(node) ? node.name : undefined;
        return declared && ts.isIdentifier(declared) && declared.text === name.text;
      });
      if (found) return found;
    }
    return undefined;
  }
}

/** `Cache`, `Cache<Store>`. */
export const isCacheType = ({ ts, imports }: MigratedFile, type: ts.TypeNode | undefined): boolean =>
  type !== undefined && ts.isTypeReferenceNode(type) && imports.is(type.typeName, 'Cache');

/** A parameter or property with `@Inject(CACHE_MANAGER)` whose type, if any, is `Cache`. */
export function isInjectedCache(file: MigratedFile, node: ts.Node): boolean {
  const { ts } = file;
  if (!(ts.isParameter(node) || ts.isPropertyDeclaration(node)) || !injectionOf(file, node)) return false;
  const { type } = node;
  if (!type || type.kind === ts.SyntaxKind.AnyKeyword) return true;
  // Many files forget to import `Cache`, and get the DOM's: any type of that name is the injected one.
  return ts.isTypeReferenceNode(type) && (isCacheType(file, type) || type.typeName.getText(file.source) === 'Cache');
}

/** The decorator `@Inject(CACHE_MANAGER)`. */
export function injectionOf({ ts, imports }: MigratedFile, node: ts.Node): ts.Decorator | undefined {
  if (!ts.canHaveDecorators(node)) return undefined;
  return ts.getDecorators(node)?.find(({ expression }) => {
    const isCall = ts.isCallExpression(expression) && ts.isIdentifier(expression.expression);
    return isCall && imports.is(expression.arguments[0], 'CACHE_MANAGER');
  });
}

function ancestor(node: ts.Node, accepts: (node: ts.Node) => boolean): ts.Node | undefined {
  let found: ts.Node | undefined = node.parent;
  while (found && !accepts(found)) found = found.parent;
  return found;
}

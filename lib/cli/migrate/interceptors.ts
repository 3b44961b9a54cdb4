import type ts from 'typescript';
import type { MigratedFile } from './migrated-file.js';
import { timeoutFor } from './times.js';

/** What the decorators of a class or handler say about caching. */
interface Caching {
  readonly intercepted: boolean;
  readonly key?: ts.Expression | undefined;
  readonly ttl?: ts.Expression | undefined;
  readonly decorators: readonly ts.Decorator[];
}

const requestDecorators = /^(Req|Request|Res|Response|Next|Session|Headers|Ip|HostParam)$/;

/** `CacheInterceptor`, `@CacheKey` and `@CacheTTL` become `@Cacheable` on the GET handlers. */
export function migrateInterceptors(file: MigratedFile): void {
  const { ts, edits, imports } = file;
  file.visitAll((node) => {
    if (ts.isClassDeclaration(node)) migrateClass(file, node);
    if (!imports.is(node, 'CacheInterceptor')) return;
    if (ts.isPropertyAssignment(node.parent)) {
      edits.note(node, 'nothing caches all routes at once: put @Cacheable on the handlers, and remove this provider');
    } else if (ts.isExpressionWithTypeArguments(node.parent)) {
      edits.note(
        node,
        'a subclass of CacheInterceptor: trackBy becomes key: fromContext(…), isRequestCacheable condition',
      );
    }
  });
}

function migrateClass(file: MigratedFile, node: ts.ClassDeclaration): void {
  const { ts } = file;
  const ofClass = cachingOf(file, node);
  if (ofClass.intercepted || ofClass.decorators.length > 0) removeCaching(file, ofClass);
  for (const member of node.members) {
    if (!ts.isMethodDeclaration(member)) continue;
    const own = cachingOf(file, member);
    if (own.decorators.length > 0) removeCaching(file, own);
    const isCached = (ofClass.intercepted && isRouteOf(file, member, /^Get$/)) || own.intercepted;
    // For an interceptor of all routes, which this file does not show.
    const isTold = own.decorators.length > 0 && isRouteOf(file, member, /^Get$/);
    if (isCached || isTold) cache(file, member, { ...own, key: own.key ?? ofClass.key, ttl: own.ttl ?? ofClass.ttl });
  }
}

function cachingOf(file: MigratedFile, node: ts.HasDecorators): Caching {
  const { ts, imports } = file;
  let caching: Caching = { intercepted: false, decorators: [] };
  for (const decorator of ts.getDecorators(node) ?? []) {
    const { expression: call } = decorator;
    if (!ts.isCallExpression(call)) continue;
    const [first] = call.arguments;
    const decorators = [...caching.decorators, decorator];
    if (imports.is(call.expression, 'CacheKey')) caching = { ...caching, key: first, decorators };
    else if (imports.is(call.expression, 'CacheTTL')) caching = { ...caching, ttl: first, decorators };
    else if (call.arguments.some((argument) => imports.is(argument, 'CacheInterceptor'))) {
      caching = { ...caching, intercepted: true, decorators };
    }
  }
  return caching;
}

function removeCaching(file: MigratedFile, { decorators }: Caching): void {
  const { ts, edits, imports } = file;
  for (const decorator of decorators) {
    const call = decorator.expression;
    const others = ts.isCallExpression(call)
      ? call.arguments.filter((one) => !imports.is(one, 'CacheInterceptor'))
      : [];
    const isInterceptors =
      ts.isCallExpression(call) && !imports.is(call.expression, 'CacheKey') && !imports.is(call.expression, 'CacheTTL');
    if (isInterceptors && others.length > 0) {
      const mine = call.arguments.find((one) => imports.is(one, 'CacheInterceptor'));
      if (mine) edits.removeFromList(mine, call.arguments);
    } else edits.remove(decorator);
  }
}

function isRouteOf({ ts }: MigratedFile, node: ts.MethodDeclaration, names: RegExp): boolean {
  return (ts.getDecorators(node) ?? []).some(
    ({ expression }) =>
      ts.isCallExpression(expression) &&
      ts.isIdentifier(expression.expression) &&
      names.test(expression.expression.text),
  );
}

function cache(file: MigratedFile, method: ts.MethodDeclaration, { key, ttl, decorators }: Caching): void {
  const { ts, edits } = file;
  const name = method.name.getText(file.source);
  const request = method.parameters.find((parameter) => isOfRequest(file, parameter));
  if (request && !key) {
    edits.note(
      method,
      `${name}() reads the request: @Cacheable({ key: fromContext(…) }) must name what its answer depends on`,
    );
    return;
  }
  if (ttl && isFunction(file, ttl)) {
    edits.note(
      method,
      `${name}() computes its TTL: @Cacheable({ timeout: (…) => … }) gets the arguments of the method`,
    );
    return;
  }
  const parts = [
    ...(key ? [`key: ${isFunction(file, key) ? `fromContext(${file.text(key)})` : file.text(key)}`] : []),
    ...(ttl ? [`timeout: ${timeoutFor(ts, ttl, file.text(ttl), file.unit)}`] : []),
  ];
  const removed: readonly ts.Node[] = decorators;
  const place = (method.modifiers?.find((modifier) => !removed.includes(modifier)) ?? method.name).getStart(
    file.source,
  );
  const indent = ' '.repeat(file.source.getLineAndCharacterOfPosition(place).character);
  const options = parts.length > 0 ? `{ ${parts.join(', ')} }` : '';
  edits.insert(place, `@Cacheable(${options})\n${indent}`);
  makePromise(file, method, name);
}

/** `@Cacheable` is for methods that return a promise. */
function makePromise({ ts, edits, source }: MigratedFile, method: ts.MethodDeclaration, name: string): void {
  if (method.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)) return;
  const { type } = method;
  const written = type?.getText(source) ?? '';
  if (/^Promise\b/.test(written)) return;
  if (/^Observable\b/.test(written)) return edits.note(method, `${name}() returns an Observable: make it a promise`);
  edits.insert(method.name.getStart(source), 'async ');
  if (type) edits.replace(type, `Promise<${written}>`);
}

const isOfRequest = ({ ts }: MigratedFile, parameter: ts.ParameterDeclaration): boolean =>
  (ts.getDecorators(parameter) ?? []).some(({ expression }) => {
    const called = ts.isCallExpression(expression) ? expression.expression : expression;
    return ts.isIdentifier(called) && requestDecorators.test(called.text);
  });

function isFunction(file: MigratedFile, node: ts.Expression): boolean {
  const bare = file.bare(node);
  return file.ts.isArrowFunction(bare) || file.ts.isFunctionExpression(bare);
}

import type ts from 'typescript';
import type { MigratedFile } from './migrated-file.js';
import { Receivers } from './receivers.js';
import { timeoutFor } from './times.js';

type Rule = (file: MigratedFile, call: Call) => void;

interface Call {
  readonly node: ts.CallExpression;
  readonly method: ts.MemberName;
  readonly args: readonly ts.Expression[];
  /** The source text of the cache. */
  readonly on: string;
}

const renamedTo =
  (name: string): Rule =>
  ({ edits }, { method }) =>
    edits.replace(method, name);

/** Here these methods return how many keys were deleted, which may be 0. */
const answeringTrue =
  (name: string): Rule =>
  (file, { node, method }) => {
    file.edits.replace(method, name);
    if (isValueUsed(file, node)) file.edits.insert(node.end, '.then(() => true)');
  };

const byHand =
  (what: string): Rule =>
  ({ edits }, { node }) =>
    edits.note(node, what);

const rules: Readonly<Record<string, Rule>> = {
  get: () => undefined,
  clear: answeringTrue('clear'),
  del: renamedTo('delete'),
  mdel: answeringTrue('deleteMany'),
  reset: answeringTrue('clear'),
  set: migrateSet,
  wrap: migrateWrap,
  mget: migrateMget,
  mset: migrateMset,
  ttl: byHand(
    'ttl() gave the end in Unix milliseconds; nest-cachex has ttl(), the seconds left, and expireTime(), the end',
  ),
  on: byHand('there are no events: see "Observability" in the documentation'),
  off: byHand('there are no events: see "Observability" in the documentation'),
  disconnect: byHand('remove it: Nest closes the cache with the application'),
};

/** Migrates calls of a cache, where the file shows that it is one. */
export function migrateCalls(file: MigratedFile): void {
  const { ts, edits } = file;
  const receivers = new Receivers(file);
  file.visitAll((node) => {
    if (ts.isCallExpression(node) && isMember(node.expression)) {
      const { name: method, expression } = node.expression;
      const rule = ruleOf(method);
      rule?.(file, { node, method, args: node.arguments, on: file.text(expression) });
    }
    if (!isMember(node)) return;
    const { name: method, parent } = node;
    if (method.text === 'store' || method.text === 'stores') {
      edits.note(node, `.${method.text} has no counterpart: cache.getClient() is the ioredis client`);
    } else if (!ruleOf(method)) edits.note(node, `.${method.text} is not known`);
    else if (!(ts.isCallExpression(parent) && parent.expression === node)) {
      edits.note(node, `.${method.text} is used without a call`);
    }
  });

  function isMember(node: ts.Node): node is ts.PropertyAccessExpression {
    return ts.isPropertyAccessExpression(node) && receivers.isCache(node.expression);
  }
}

const ruleOf = ({ text }: ts.MemberName): Rule | undefined => (Object.hasOwn(rules, text) ? rules[text] : undefined);

function migrateSet(file: MigratedFile, { node, args }: Call): void {
  const { edits } = file;
  if (isValueUsed(file, node)) edits.note(node, 'set() returned the value; here it returns whether it was set');
  const ttl = args[2];
  if (!ttl) return;
  const timeout = timeoutOf(file, ttl);
  if (timeout === undefined)
    edits.note(ttl, "this TTL is not understood: set() takes seconds, or a string such as '5m'");
  else edits.replace(ttl, timeout);
}

/** The timeout for a number, or for `{ ttl }`, which counts seconds; `undefined` for anything else. */
function timeoutOf(file: MigratedFile, given: ts.Expression): string | undefined {
  const { ts } = file;
  const ttl = file.bare(given);
  if (ts.isObjectLiteralExpression(ttl)) {
    const { ttl: only, ...others } = Object.fromEntries(file.propertiesOf(ttl) ?? [['', undefined]]);
    const isOnly = only !== undefined && Object.keys(others).length === 0 && file.unit === 's';
    return isOnly ? timeoutFor(ts, only, file.text(only), 's') : undefined;
  }
  if (ts.isArrowFunction(ttl) || ts.isFunctionExpression(ttl)) return undefined;
  if (ts.isIdentifier(ttl) && ttl.text === 'undefined') return 'undefined';
  return timeoutFor(ts, ttl, file.text(ttl), file.unit);
}

function migrateWrap(file: MigratedFile, { node, method, args: [, , ttl, threshold] }: Call): void {
  const { ts, edits } = file;
  if (!ttl) return edits.replace(method, 'getOrSet');
  const bare = file.bare(ttl);
  const options = ts.isObjectLiteralExpression(bare) ? file.propertiesOf(bare) : undefined;
  const isKnown = options && [...options.keys()].every((name) => name === 'ttl' || name === 'refreshThreshold');
  const ttlGiven = isKnown ? options.get('ttl') : ttl;
  const timeout = ttlGiven ? timeoutOf(file, ttlGiven) : undefined;
  const refreshes = threshold !== undefined || options?.has('refreshThreshold') === true;
  if ((options && !isKnown) || (ttlGiven && timeout === undefined)) {
    return edits.note(node, 'these options of wrap() are not understood: getOrSet(key, factory, { timeout })');
  }
  const given = [
    ...(timeout && timeout !== 'undefined' ? [`timeout: ${timeout}`] : []),
    ...(refreshes ? ['stampede: true'] : []),
  ];
  edits.replace(method, 'getOrSet');
  edits.replace(ttl, given.length > 0 ? `{ ${given.join(', ')} }` : '{}');
  if (threshold) edits.cut(ttl.end, threshold.end);
}

function migrateMget(file: MigratedFile, { node, args, on }: Call): void {
  const { edits } = file;
  const [keys] = args;
  const types = node.typeArguments ? `<${node.typeArguments.map((type) => file.text(type)).join(', ')}>` : '';
  if (args.length !== 1 || !keys || !isRepeatable(file, keys)) {
    return edits.note(node, 'mget(): getMany(keys) gives a Map of the keys that exist');
  }
  const text = file.text(keys);
  const found = `${on}.getMany${types}(${text}).then((found) => ${text}.map((key) => found.get(key)))`;
  edits.replace(node, found);
}

/** Whether the migrated source may repeat the expression: it has no effects, and always the same value. */
function isRepeatable(file: MigratedFile, node: ts.Expression): boolean {
  const { ts } = file;
  if (ts.isArrayLiteralExpression(node)) return node.elements.every((element) => isRepeatable(file, element));
  if (ts.isPropertyAccessExpression(node)) return isRepeatable(file, node.expression);
  if (ts.isTemplateExpression(node)) return node.templateSpans.every((span) => isRepeatable(file, span.expression));
  return ts.isIdentifier(node) || ts.isStringLiteralLike(node) || node.kind === ts.SyntaxKind.ThisKeyword;
}

function migrateMset(file: MigratedFile, { node, args, on }: Call): void {
  const { ts, edits } = file;
  const refuse = (): void =>
    edits.note(node, 'mset(): setMany({ key: value }, timeout), or a pipeline if timeouts differ');
  const [list] = args;
  if (args.length !== 1 || !list || !ts.isArrayLiteralExpression(list)) return refuse();
  const sets = list.elements.map((element) => setOf(file, element));
  if (sets.some((set) => set === undefined)) return refuse();
  edits.replace(node, `${on}.pipeline()${sets.join('')}.execute()`);
}

/** `.set(key, value, timeout)` for `{ key, value, ttl }`. */
function setOf(file: MigratedFile, element: ts.Expression): string | undefined {
  if (!file.ts.isObjectLiteralExpression(element)) return undefined;
  const { key, value, ttl, ...others } = Object.fromEntries(file.propertiesOf(element) ?? []);
  if (!key || !value || Object.keys(others).length > 0) return undefined;
  const timeout = ttl && timeoutOf(file, ttl);
  if (ttl && timeout === undefined) return undefined;
  return `.set(${file.text(key)}, ${file.text(value)}${timeout ? `, ${timeout}` : ''})`;
}

/** False for a statement, awaited or not. */
function isValueUsed({ ts }: MigratedFile, node: ts.Node): boolean {
  let outer = node.parent;
  while (ts.isAwaitExpression(outer) || ts.isParenthesizedExpression(outer) || ts.isVoidExpression(outer)) {
    outer = outer.parent;
  }
  const isThen = ts.isPropertyAccessExpression(outer) && outer.name.text === 'catch';
  return !ts.isExpressionStatement(outer) && !isThen;
}

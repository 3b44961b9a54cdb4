import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type ts from 'typescript';
import type { TypeScript } from '../program/typescript.js';

/** The unit of a TTL of `cache-manager`: milliseconds since version 5, seconds before. */
export type TtlUnit = 'ms' | 's';

/** Seconds if the application depends on a `cache-manager` before version 5, else milliseconds. */
export async function ttlUnitOf(folder: string): Promise<TtlUnit> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- anything else has no version
  const manifest = JSON.parse(text) as Record<string, Record<string, unknown> | undefined>;
  const range = { ...manifest['devDependencies'], ...manifest['dependencies'] }['cache-manager'];
  const major = typeof range === 'string' ? /\d+/.exec(range)?.[0] : undefined;
  return major !== undefined && Number(major) < 5 ? 's' : 'ms';
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** The timeout of nest-cachex for a TTL: `'1m'` for `60_000`, `null` for `0`, `ttl / 1000` for a variable. */
export function timeoutFor(ts: TypeScript, ttl: ts.Expression, text: string, unit: TtlUnit): string {
  const value = constantOf(ts, ttl);
  if (value === undefined) {
    if (unit === 's') return text;
    const seconds = `${isSimple(ts, ttl) ? text : `(${text})`} / 1000`;
    // An omitted TTL means the module's default, not NaN.
    return mayBeUndefined(ts, ttl) ? `${text} && ${seconds}` : seconds;
  }
  return durationOf(unit === 's' ? value * 1000 : value);
}

function durationOf(ms: number): string {
  if (ms === 0) return 'null';
  const unit = units.find(([, length]) => ms % length === 0);
  return unit ? `'${ms / unit[1]}${unit[0]}'` : `'${ms}ms'`;
}

/** The value of a number, or of products and sums of numbers. */
function constantOf(ts: TypeScript, node: ts.Expression): number | undefined {
  if (ts.isParenthesizedExpression(node)) return constantOf(ts, node.expression);
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (!ts.isBinaryExpression(node)) return undefined;
  const [left, right] = [constantOf(ts, node.left), constantOf(ts, node.right)];
  if (left === undefined || right === undefined) return undefined;
  if (node.operatorToken.kind === ts.SyntaxKind.AsteriskToken) return left * right;
  if (node.operatorToken.kind === ts.SyntaxKind.PlusToken) return left + right;
  return node.operatorToken.kind === ts.SyntaxKind.SlashToken ? left / right : undefined;
}

/** For expressions that the source may repeat: `options?.ttl`, and an optional parameter. */
function mayBeUndefined(ts: TypeScript, node: ts.Expression): boolean {
  if (ts.isPropertyAccessExpression(node)) return ts.isOptionalChain(node) && !hasCall(ts, node);
  if (!ts.isIdentifier(node)) return false;
  for (let scope: ts.Node = node.parent; scope; scope = scope.parent) {
    const parameter = ts.isFunctionLike(scope) && scope.parameters.find(({ name }) => name.getText() === node.text);
    if (parameter)
      return parameter.questionToken !== undefined || /\bundefined\b/.test(parameter.type?.getText() ?? '');
  }
  return false;
}

function hasCall(ts: TypeScript, node: ts.Node): boolean {
  return ts.isCallExpression(node) || ts.forEachChild(node, (child) => hasCall(ts, child)) === true;
}

const isSimple = (ts: TypeScript, node: ts.Expression): boolean =>
  ts.isIdentifier(node) || ts.isPropertyAccessExpression(node) || ts.isCallExpression(node);

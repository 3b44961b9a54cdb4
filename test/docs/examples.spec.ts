import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../lib/index.js';
import { modulesOfDocstrings } from './docstrings.js';
import { asModule, examplesOf, fileNameOf, foreign, pages, refusalsOf } from './examples.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const examples = pages.flatMap(examplesOf);
const docstrings = modulesOfDocstrings();

/** Inside the package, so that imports of packages resolve as in the package itself. */
const inRoot = (name: string): string => resolve(root, name);
const ofPages = new Map(
  examples.map((example, index) => [
    inRoot(fileNameOf(example) ?? `example-${index}.ts`),
    { ...example, code: asModule(example) },
  ]),
);
const files = new Map([
  ...ofPages,
  ...docstrings.map((example, index) => [inRoot(`docstring-${index}.ts`), example] as const),
]);

const foreignFile = resolve(root, 'foreign.d.ts');

/** Differences between the compiler's errors and those that an example expects, by example. */
function complaints(): Record<string, string[]> {
  const { config } = ts.readConfigFile(resolve(root, 'tsconfig.json'), ts.sys.readFile) as {
    config: ts.CompilerOptions;
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root);
  options.noUnusedLocals = false;
  options.noUnusedParameters = false;
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (name) => name === foreignFile || files.has(name) || fileExists(name);
  // Examples may name a folder that does not exist.
  host.directoryExists = undefined;
  host.readFile = (name) => (name === foreignFile ? foreign : (files.get(name)?.code ?? readFile(name)));
  const program = ts.createProgram([foreignFile, ...files.keys()], options, host);
  const found: Record<string, string[]> = {};
  for (const [path, example] of files) {
    const file = program.getSourceFile(path);
    const refusals = refusalsOf(example);
    const said: string[] = [];
    for (const { messageText, start } of [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]) {
      const { line } = file!.getLineAndCharacterOfPosition(start!);
      const text = ts.flattenDiagnosticMessageText(messageText, '\n');
      if (text.includes(refusals.get(line) ?? '\0')) refusals.delete(line);
      else said.push(`line ${line}: ${text}`);
    }
    for (const [line, text] of refusals) said.push(`line ${line} compiles, and should not: ${text}`);
    if (said.length > 0) found[example.name] = said;
  }
  return found;
}

describe('the examples of the pages and docstrings', () => {
  it('compile', { timeout: 180_000 }, () => {
    expect(examples.length).toBeGreaterThan(15);
    expect(docstrings.length).toBeGreaterThan(300);
    expect(complaints()).toEqual({});
  });

  it('have no async function that awaits nothing: the lint of a new project refuses it', () => {
    const found = [...ofPages].flatMap(([path, { name, code }]) => {
      const source = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true);
      return asyncWithoutAwait(source).map((text) => `${name}: ${text}`);
    });
    expect(found).toEqual([]);
  });

  const calls = examples.flatMap(({ name, text }) =>
    [...text.matchAll(/^CachexModule\.forRoot\(.*?\);/gms)].map(([call]) => [name, call] as const),
  );

  it.each(calls)('are options that the module accepts: %s', (_, call) => {
    const CachexModule = { forRoot: resolveOptions };
    const scope = { CachexModule, readFileSync: () => 'a certificate', CountingPool: class {} };
    const run = compileFunction(call, Object.keys(scope)) as (...values: unknown[]) => void;
    expect(() => run(...Object.values(scope))).not.toThrow();
  });
});

function asyncWithoutAwait(node: ts.Node): string[] {
  const inside = childrenOf(node).flatMap(asyncWithoutAwait);
  const isAsync = ts.canHaveModifiers(node) && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  const hasBody = ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
  return isAsync && hasBody && !childrenOf(node).some(awaits) ? [node.getText().split('\n')[0]!, ...inside] : inside;
}

function awaits(node: ts.Node): boolean {
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) return true;
  return !ts.isFunctionLike(node) && childrenOf(node).some(awaits);
}

function childrenOf(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  return children;
}

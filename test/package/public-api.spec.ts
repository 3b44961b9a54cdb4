import { relative } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const entryPoints = [
  'index',
  'admin/index',
  'drizzle/index',
  'graphql/index',
  'health/index',
  'keyv/index',
  'metrics/index',
  'opentelemetry/index',
  'session/index',
  'testing/index',
  'throttler/index',
  'typeorm/index',
];

it('marks every exported name as public', { timeout: 60_000 }, () => {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
  const program = ts.createProgram(
    entryPoints.map((name) => `lib/${name}.ts`),
    options,
  );
  const checker = program.getTypeChecker();
  const exported = new Set<ts.Symbol>();
  for (const name of entryPoints) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(`lib/${name}.ts`)!)!;
    for (const symbol of checker.getExportsOfModule(module)) {
      exported.add(symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
    }
  }
  const unmarked = [...exported].filter((symbol) => !isMarked(symbol)).map(placeOf);

  expect(exported.size).toBeGreaterThan(200);
  expect(unmarked).toEqual([]);

  function isMarked(symbol: ts.Symbol): boolean {
    return symbol.getJsDocTags(checker).some(({ name }) => name === 'publicApi');
  }
});

function placeOf(symbol: ts.Symbol): string {
  const [declaration] = symbol.declarations ?? [];
  return `${symbol.name} in ${relative('.', declaration?.getSourceFile().fileName ?? '')}`;
}

import type ts from 'typescript';
import type { TypeScript } from '../program/typescript.js';

/** The source of a module with one more import; `undefined` if it has no list of imports in `@Module({ … })`. */
export function withImportedModule(ts: TypeScript, text: string, name: string, from: string): string | undefined {
  const source = ts.createSourceFile('app.module.ts', text, ts.ScriptTarget.Latest, true);
  const options = moduleOptionsIn(ts, source);
  const lastImport = source.statements.findLast((statement) => ts.isImportDeclaration(statement));
  if (!options || !lastImport) return undefined;
  if (new RegExp(`\\b${name}\\b`).test(text)) return undefined;
  const imports = options.properties.find((property) => property.name?.getText(source) === 'imports');
  const place = placeIn(ts, options, imports, name);
  if (!place) return undefined;
  const withList = text.slice(0, place.at) + place.text + text.slice(place.at);
  const line = `\nimport { ${name} } from '${from}';`;
  return withList.slice(0, lastImport.end) + line + withList.slice(lastImport.end);
}

function placeIn(
  ts: TypeScript,
  options: ts.ObjectLiteralExpression,
  imports: ts.ObjectLiteralElementLike | undefined,
  name: string,
): { at: number; text: string } | undefined {
  if (!imports) return { at: options.getStart() + 1, text: `\n  imports: [${name}],` };
  if (!ts.isPropertyAssignment(imports) || !ts.isArrayLiteralExpression(imports.initializer)) return undefined;
  const { elements } = imports.initializer;
  const last = elements.at(-1);
  return last ? { at: last.end, text: `, ${name}` } : { at: imports.initializer.getStart() + 1, text: name };
}

/** The options of the first class with `@Module({ … })`. */
function moduleOptionsIn(ts: TypeScript, source: ts.SourceFile): ts.ObjectLiteralExpression | undefined {
  for (const statement of source.statements) {
    if (!ts.isClassDeclaration(statement)) continue;
    for (const { expression } of ts.getDecorators(statement) ?? []) {
      if (!ts.isCallExpression(expression) || expression.expression.getText(source) !== 'Module') continue;
      const [options] = expression.arguments;
      if (options && ts.isObjectLiteralExpression(options)) return options;
    }
  }
  return undefined;
}

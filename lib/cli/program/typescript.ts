import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';

export type TypeScript = typeof ts;

/** The compiler of the application in `folder`, which builds Nest applications; else the one beside this library. */
export function loadTypeScript(folder: string): TypeScript {
  for (const from of [join(folder, 'package.json'), __filename]) {
    const compiler = load(createRequire(from));
    if (compiler) return compiler;
  }
  throw new Error(
    'nest-cachex migrate reads the sources with the TypeScript compiler, version 5 or 6, which is not installed here: ' +
      'npx -p nest-cachex -p typescript@6 nest-cachex migrate',
  );
}

/** TypeScript 7 is a program without this interface. */
function load(require: NodeJS.Require): TypeScript | undefined {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the next line sees what it is
    const compiler = require('typescript') as Partial<TypeScript>;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
    return typeof compiler.createSourceFile === 'function' ? (compiler as TypeScript) : undefined;
  } catch {
    return undefined;
  }
}

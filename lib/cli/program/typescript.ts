import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';

export type TypeScript = typeof ts;

/** The TypeScript compiler of the application in `folder`; without one, the compiler beside this library. */
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

/** `undefined` for TypeScript 7, which has no such interface. */
function load(require: NodeJS.Require): TypeScript | undefined {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the next line checks it
    const compiler = require('typescript') as Partial<TypeScript>;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked above
    return typeof compiler.createSourceFile === 'function' ? (compiler as TypeScript) : undefined;
  } catch {
    return undefined;
  }
}

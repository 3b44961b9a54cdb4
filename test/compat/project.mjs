import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readExample } from './readme.mjs';
import { run } from './shell.mjs';

const app = fileURLToPath(new URL('app/', import.meta.url));

/** `nest new`, the files of the README's example, and our own; nothing is installed yet. */
export async function createProject({ esm, cli, plain, resolutions }, { folder, tools }) {
  const nest = join(tools, cli, 'node_modules/.bin/nest');
  await run(`"${nest}" new ${basename(folder)} --skip-install --skip-git --package-manager npm`, {
    cwd: dirname(folder),
  });
  for (const [path, code] of readExample({ esm })) await writeFile(join(folder, path), code);
  if (resolutions) await changePackage(folder, (given) => ({ ...given, resolutions }));
  if (!plain) await addFiles(folder, esm);
}

/**
 * The application with all features, and the declarations for a compiler: as an ES module, and also as CommonJS if Nest
 * is CommonJS.
 */
async function addFiles(folder, esm) {
  await copyFile(join(app, 'features.ts'), join(folder, 'src/features.ts'));
  const types = join(folder, 'test/types');
  await mkdir(types, { recursive: true });
  const files = esm ? ['consumer.mts'] : ['consumer.mts', 'consumer.cts'];
  for (const file of files) await copyFile(join(app, 'consumer.ts'), join(types, file));
  const compilerOptions = {
    module: 'node16',
    target: 'es2022',
    strict: true,
    skipLibCheck: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    noEmit: true,
    types: ['node'],
  };
  await writeFile(join(types, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
}

async function changePackage(folder, change) {
  const path = join(folder, 'package.json');
  await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8'))), null, 2));
}

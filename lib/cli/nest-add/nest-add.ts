import { join } from 'node:path';
import { loadTypeScript } from '../program/typescript.js';
import { controllerText, moduleText } from './files.js';
import { withImportedModule } from './imported-module.js';
import { withDependencies } from './manifest.js';

/** The part of `@angular-devkit/schematics` that this uses. Only the Nest CLI needs to load the package. */
interface Tree {
  read(path: string): Uint8Array | null;
  exists(path: string): boolean;
  create(path: string, text: string): void;
  overwrite(path: string, text: string): void;
}

interface Context {
  readonly logger: { info(text: string): void; warn(text: string): void };
  addTask(task: { toConfiguration(): { name: string; options: object } }): unknown;
}

interface NestAddOptions {
  readonly sourceRoot?: string;
}

/**
 * `nest add nest-cachex`: adds a module with the cache, its health check and a first cached route, and imports it in
 * the root module. Existing files stay as they are.
 */
export function nestAdd({ sourceRoot = 'src' }: NestAddOptions): (tree: Tree, context: Context) => void {
  return (tree, context) => {
    const manifest = textOf(tree, 'package.json') ?? '{}';
    const { text, name, isModule } = withDependencies(manifest);
    if (text !== manifest) {
      tree.overwrite('package.json', text);
      context.addTask(installTask);
    }
    const extension = isModule ? '.js' : '';
    write(tree, context, join(sourceRoot, 'cache/cache.module.ts'), moduleText(name, extension));
    write(tree, context, join(sourceRoot, 'cache/cache.controller.ts'), controllerText);
    importModule(tree, context, join(sourceRoot, 'app.module.ts'), `./cache/cache.module${extension}`);
  };
}

/** The built-in task of the schematics engine that runs the application's package manager. */
const installTask = { toConfiguration: () => ({ name: 'node-package', options: { command: 'install' } }) };

function textOf(tree: Tree, path: string): string | undefined {
  const content = tree.read(path);
  return content ? Buffer.from(content).toString('utf8') : undefined;
}

function write(tree: Tree, context: Context, path: string, text: string): void {
  if (tree.exists(path)) context.logger.warn(`${path} exists already, and stays as it is`);
  else tree.create(path, text);
}

function importModule(tree: Tree, context: Context, path: string, from: string): void {
  const before = textOf(tree, path);
  const after = before && withImportedModule(loadTypeScript(process.cwd()), before, 'CacheModule', from);
  if (after) tree.overwrite(path, after);
  else context.logger.warn(`Import CacheModule of ${from} in the root module: ${path} could not be changed`);
}

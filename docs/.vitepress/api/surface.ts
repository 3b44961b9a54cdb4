import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import ts from 'typescript';

/** A method or property of a public class, interface or type. */
export interface PublicMember {
  readonly name: string;
  readonly symbol: ts.Symbol;
  /** The file that declares it, below `lib/`. */
  readonly file: string;
  /** The class or interface that declares it: that of its owner, or one that it extends. */
  readonly declaredBy: ts.Symbol | undefined;
  readonly isStatic: boolean;
}

/** A name that the package exports. */
export interface PublicName {
  readonly name: string;
  /** `nest-cachex/keyv`: what to import it from. */
  readonly entry: string;
  readonly symbol: ts.Symbol;
  /** The file that declares it, below `lib/`. */
  readonly file: string;
  readonly members: readonly PublicMember[];
}

/** What users of the package can see of it, by the compiler. */
export interface Surface {
  readonly checker: ts.TypeChecker;
  readonly names: readonly PublicName[];
}

/** Reads the entry points that `package.json` exports. Types only: nothing is checked or emitted. */
export function readSurface(root: string): Surface {
  const entries = entryPointsOf(root);
  const { config } = ts.readConfigFile(resolve(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root);
  const program = ts.createProgram([...entries.values()], options);
  const checker = program.getTypeChecker();
  const reader = new SurfaceReader(checker, resolve(root, 'lib'));
  for (const [entry, file] of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
    for (const symbol of checker.getExportsOfModule(module)) reader.add(entry, symbol);
  }
  return { checker, names: [...reader.names.values()] };
}

/** The source files of the package's entry points, by what they are imported from. */
function entryPointsOf(root: string): Map<string, string> {
  const { name, exports } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
    name: string;
    exports: Record<string, unknown>;
  };
  const paths = Object.keys(exports).filter((path) => path !== './package.json');
  return new Map(paths.map((path) => [name + path.slice(1), resolve(root, 'lib', path, 'index.ts')]));
}

class SurfaceReader {
  readonly names = new Map<ts.Symbol, PublicName>();

  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly lib: string,
  ) {}

  add(entry: string, exported: ts.Symbol): void {
    const isAlias = exported.flags & ts.SymbolFlags.Alias;
    const symbol = isAlias ? this.checker.getAliasedSymbol(exported) : exported;
    if (this.names.has(symbol)) return;
    const file = this.fileOf(symbol)!;
    this.names.set(symbol, { name: exported.name, entry, symbol, file, members: this.membersOf(symbol) });
  }

  private membersOf(symbol: ts.Symbol): PublicMember[] {
    const type = symbol.flags & ts.SymbolFlags.Type ? this.checker.getDeclaredTypeOfSymbol(symbol) : undefined;
    const isObject = type !== undefined && (type.flags & ts.TypeFlags.Object) !== 0;
    const own = isObject ? type.getProperties() : [];
    const statics = symbol.flags & ts.SymbolFlags.Class ? this.checker.getTypeOfSymbol(symbol).getProperties() : [];
    return [
      ...statics.flatMap((member) => this.memberOf(member, true)),
      ...own.flatMap((member) => this.memberOf(member, false)),
    ];
  }

  /** Nothing for what is inherited from another package, and for what users do not see. */
  private memberOf(symbol: ts.Symbol, isStatic: boolean): PublicMember[] {
    const [declaration] = symbol.declarations ?? [];
    const file = this.fileOf(symbol);
    if (!declaration || file === undefined || symbol.name.startsWith('__@')) return [];
    const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
    if (ts.getCombinedModifierFlags(declaration) & hidden) return [];
    if (symbol.getJsDocTags(this.checker).some(({ name }) => name === 'internal')) return [];
    const declaredBy = this.checker.getSymbolAtLocation(nameOf(ownerOf(declaration)) ?? declaration);
    return [{ name: symbol.name, symbol, file, declaredBy, isStatic }];
  }

  /** The file of a symbol below `lib/`; `undefined` if it is declared elsewhere. */
  private fileOf({ declarations }: ts.Symbol): string | undefined {
    const path = declarations && relative(this.lib, declarations[0]!.getSourceFile().fileName);
    return path === undefined || path.startsWith('..') ? undefined : path;
  }
}

/** The class, interface or type around a member; a parameter of a constructor may be a property. */
function ownerOf(declaration: ts.Declaration): ts.Node {
  return ts.isParameter(declaration) ? declaration.parent.parent : declaration.parent;
}

function nameOf(node: ts.Node): ts.Node | undefined {
  return ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) ? node.name : undefined;
}

/** The text of a docstring before its tags. */
export function docOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  // A link over two lines keeps the star between them.
  return text.replaceAll(/(\{@link)\s*\*\s*/g, '$1 ');
}

/** A line that begins one of these ends the text before it; another `@` is of a decorator in an example. */
const tagLine = /^@(default|example|internal|param|publicApi|throws)\b ?/;

/** The texts of a docstring's tags with that name. The compiler's own reader takes a decorator for a tag. */
export function tagsOf(symbol: ts.Symbol, tag: string): string[] {
  const docs = (symbol.declarations ?? []).flatMap((declaration) => ts.getJSDocCommentsAndTags(declaration));
  return docs.filter(ts.isJSDoc).flatMap((doc) => tagsIn(doc.getText(), tag));
}

/** The texts of the tags of one docstring. */
export function tagsIn(comment: string, tag: string): string[] {
  const found: { name: string; lines: string[] }[] = [];
  // A short docstring has them on one line.
  const body = comment.slice('/**'.length, -'*/'.length).replaceAll(/ @(example|publicApi)\b/g, '\n@$1');
  for (const line of body.split('\n')) {
    const text = line.replace(/^\s*\* ?/, '').trimEnd();
    const begun = tagLine.exec(text.trimStart());
    if (begun) found.push({ name: begun[1]!, lines: [text.trimStart().slice(begun[0].length)] });
    else found.at(-1)?.lines.push(text);
  }
  return found.filter(({ name }) => name === tag).map(({ lines }) => lines.join('\n').trim());
}

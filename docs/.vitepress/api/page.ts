import ts from 'typescript';
import { type ApiPage, apiPageOf } from './pages.js';
import { declarationOf, headOf, propertyOf, signaturesOf } from './signatures.js';
import { docOf, type PublicMember, type PublicName, type Surface, tagsOf } from './surface.js';

/** They have the commands of all groups: those of the service stand on the groups' pages, once. */
const surfaces: readonly string[] = ['CachexService', 'Pipeline'];

/** Where a name or a method is described. */
interface Place {
  readonly page: ApiPage;
  readonly anchor: string;
}

/** Writes pages: Markdown of VitePress from the docstrings of the surface. */
export class ApiWriter {
  private readonly places = new Map<string, Place>();
  private readonly pipelined: ReadonlySet<string>;
  private readonly exported: ReadonlySet<ts.Symbol>;

  constructor(
    private readonly surface: Surface,
    /** What a page of the guide calls itself. */
    private readonly titleOf: (page: string) => string,
  ) {
    this.exported = new Set(surface.names.map(({ symbol }) => symbol));
    this.pipelined = new Set(this.named('Pipeline').members.map(({ name }) => name));
    for (const { name, file, members } of surface.names) {
      this.places.set(name, { page: apiPageOf(file), anchor: name });
      for (const member of members) {
        const isShared = name === 'CachexService';
        const page = apiPageOf(isShared ? member.file : file);
        this.places.set(`${name}.${member.name}`, { page, anchor: isShared ? member.name : `${name}-${member.name}` });
      }
    }
  }

  page(page: ApiPage): string {
    const names = this.surface.names.filter(({ file }) => apiPageOf(file) === page);
    const methods = this.named('CachexService').members.filter(({ file }) => apiPageOf(file) === page);
    const guide = page.guide ? [`The guide: [${this.titleOf(page.guide)}](/${page.guide}).`] : [];
    const entry = names[0]?.entry ?? 'nest-cachex';
    return [
      `# ${page.title} {#top}`,
      [`From the docstrings of \`${entry}\`.`, ...guide].join(' '),
      ...this.groups(methods),
      ...this.kind('Classes and functions', names, ({ symbol }) => isValue(symbol)),
      ...this.kind('Types', names, ({ symbol }) => !isValue(symbol)),
    ].join('\n\n');
  }

  /** All names of a page, as a list of links. */
  index(page: ApiPage): string {
    const here = [...this.places].filter(([name, place]) => place.page === page && isListed(name));
    return here
      .map(([name, { anchor }]) => `[\`${name.replace(/^CachexService\./, '')}\`](/api/${page.slug}#${anchor})`)
      .join(', ');
  }

  private named(name: string): PublicName {
    return this.surface.names.find((one) => one.name === name)!;
  }

  private kind(title: string, names: readonly PublicName[], belongs: (name: PublicName) => boolean): string[] {
    const found = names.filter(belongs).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return found.length === 0 ? [] : [`## ${title}`, ...found.flatMap((name) => this.name(name))];
  }

  /** The methods of the service, group by group. */
  private groups(methods: readonly PublicMember[]): string[] {
    if (methods.length === 0) return [];
    const groups = new Set(methods.map(({ declaredBy }) => declaredBy!));
    return [
      '## Methods of `CachexService`',
      ...[...groups].flatMap((group) => [
        ...(group.name === 'CachexService' ? [] : [this.text(docOf(group, this.surface.checker), group.name)]),
        ...methods
          .filter(({ declaredBy }) => declaredBy === group)
          .flatMap((member) => this.method(member, 'CachexService', '###')),
      ]),
    ];
  }

  private name({ name, symbol, members }: PublicName): string[] {
    const declaration = symbol.declarations!.find(isClassOrInterface);
    const isSurface = surfaces.includes(name);
    const shown = isSurface ? [] : members.filter((member) => this.isShownWith(member, symbol));
    const own = name === 'Pipeline' ? members.filter(({ file }) => file.startsWith('pipeline/')) : shown;
    const code = declaration ? this.headOf(declaration) : this.codeOf(symbol);
    const properties = own.filter((member) => !isCallable(member.symbol));
    return [
      `### ${name} {#${name}}`,
      ...(isSurface || code.length === 0 ? [] : [fenced(code)]),
      this.prose(symbol, name, explained(own)),
      properties.map((member) => this.property(member, name)).join('\n'),
      ...own.filter((member) => isCallable(member.symbol)).flatMap((member) => this.method(member, name, '####')),
    ].filter((part) => part !== '');
  }

  /** Nothing where it says no more than the heading. */
  private headOf(declaration: ts.ClassDeclaration | ts.InterfaceDeclaration): string[] {
    const head = headOf(declaration, (parent) => {
      const found = this.surface.checker.getTypeAtLocation(parent).symbol as ts.Symbol | undefined;
      return !found || this.exported.has(found) || !/\/lib\/(?!.*node_modules)/.test(fileOf(found));
    });
    return /^(abstract )?(class|interface) \w+$/.test(head) ? [] : [head];
  }

  private codeOf(symbol: ts.Symbol): string[] {
    const { checker } = this.surface;
    return symbol.flags & ts.SymbolFlags.Function
      ? signaturesOf(symbol, checker).map((signature) => `function ${signature}`)
      : [declarationOf(symbol, checker)];
  }

  /** What a class extends has its own section, if users can import it. */
  private isShownWith({ declaredBy }: PublicMember, owner: ts.Symbol): boolean {
    return declaredBy === undefined || declaredBy === owner || !this.exported.has(declaredBy);
  }

  private method({ name, symbol, isStatic }: PublicMember, owner: string, heading: string): string[] {
    const { checker } = this.surface;
    const isOfService = owner === 'CachexService';
    const signatures = signaturesOf(symbol, checker);
    const code = signatures.length > 0 ? signatures : [propertyOf(symbol, checker)];
    const queued =
      isOfService && this.pipelined.has(name) && name !== 'toJSON' ? ' Also on a [pipeline](/pipelines).' : '';
    return [
      `${heading} ${name} {#${isOfService ? name : `${owner}-${name}`}}`,
      fenced(isStatic ? code.map((line) => `static ${line}`) : code),
      this.prose(symbol, owner, queued),
    ];
  }

  /** An item of a list. */
  private property({ name, symbol }: PublicMember, owner: string): string {
    const { checker } = this.surface;
    const [byDefault] = tagsOf(symbol, 'default');
    const doc = this.text(docOf(symbol, checker), owner);
    const text = byDefault ? `${doc} Default: ${byDefault.replace(/^[^\s,(]+/, '`$&`')}.` : doc;
    return `- <a id="${owner}-${name}"></a>${code(propertyOf(symbol, checker))}\n\n${indented(text)}\n`;
  }

  /** What a docstring says, its errors and examples. */
  private prose(symbol: ts.Symbol, owner: string, more = ''): string {
    const { checker } = this.surface;
    const tags = (tag: string): string[] => tagsOf(symbol, tag);
    const list = (title: string, items: string[]): string[] =>
      items.length > 0 ? [`${title}\n\n${items.join('\n')}`] : [];
    return [
      this.text(docOf(symbol, checker), owner).replace(/Redis:\s+(?=[`\w])/, '**Redis:** ') + more,
      ...list(
        '**Arguments**',
        tags('param').map((text) => `- ${this.text(text.replace(/^(\w+)/, '`$1`:'), owner)}`),
      ),
      ...list(
        '**Errors**',
        tags('throws').map((text) => `- ${this.text(this.errors(text), owner)}`),
      ),
      ...tags('example').map((example) => fenced([example])),
    ].join('\n\n');
  }

  /** `CodecError, TypeError if …`: with links to those of this package. */
  private errors(text: string): string {
    return text.replace(/^\w+Error\b(, \w+Error\b)*/, (names) =>
      names.replaceAll(/\w+/g, (name) => (this.places.has(name) ? `{@link ${name}}` : `\`${name}\``)),
    );
  }

  /** Text of a docstring, with its links; what is no code means nothing to Vue. */
  private text(text: string, owner: string): string {
    const linked = text.replaceAll(
      /\{@link(?:code)?\s+([\w.]+)\s*(?:\|?\s*([^}]*))?\}/g,
      (_, target: string, label: string) => this.link(target, label || target, owner),
    );
    return linked.replaceAll(/(`+[^`]*`+)|</g, (found, inCode?: string) => inCode ?? (found === '<' ? '&lt;' : found));
  }

  private link(target: string, label: string, owner: string): string {
    const names = [`${owner}.${target}`, target, `CachexService.${target}`];
    const place = names.map((name) => this.places.get(name)).find(Boolean);
    return place ? `[${code(label)}](/api/${place.page.slug}#${place.anchor})` : code(label);
  }
}

const isClassOrInterface = (node: ts.Node): node is ts.ClassDeclaration | ts.InterfaceDeclaration =>
  ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node);

const fileOf = ({ declarations }: ts.Symbol): string => declarations?.[0]?.getSourceFile().fileName ?? '';

/** Of an error: where its code is explained. */
function explained(members: readonly PublicMember[]): string {
  const declared = members.find(({ name }) => name === 'code')?.symbol.declarations?.[0]?.getText() ?? '';
  const [code] = /CACHEX_\w+/.exec(declared) ?? [];
  return code ? ` [What happened, and what to do](/errors#${code}).` : '';
}

const isListed = (name: string): boolean => !name.includes('.') || name.startsWith('CachexService.');

const isValue = ({ flags }: ts.Symbol): boolean => (flags & (ts.SymbolFlags.Value & ~ts.SymbolFlags.EnumMember)) !== 0;

const isCallable = (symbol: ts.Symbol): boolean => (symbol.flags & ts.SymbolFlags.Method) !== 0;

const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

const fenced = (lines: readonly string[]): string => ['```ts', ...lines, '```'].join('\n');

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ');

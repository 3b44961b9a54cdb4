import ts from 'typescript';

/** The code that declares a symbol, as its author has written it, without bodies. */
export function signaturesOf(symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  const functions = (symbol.declarations ?? []).filter(ts.isFunctionLike);
  // The one with the body is for the compiler.
  const shown = functions.length > 1 ? functions.filter((one) => !('body' in one && one.body)) : functions;
  return shown.map((declaration) => signatureOf(declaration, checker));
}

function signatureOf(declaration: ts.SignatureDeclaration, checker: ts.TypeChecker): string {
  const source = declaration.getSourceFile();
  const start = declaration.name?.getStart() ?? declaration.getStart();
  const open = declaration.getChildren().find(({ kind }) => kind === ts.SyntaxKind.CloseParenToken)!;
  const head = dedent(source.text.slice(start, open.end), indentOf(declaration));
  const signature = checker.getSignatureFromDeclaration(declaration);
  const result = declaration.type
    ? typeText(declaration.type)
    : signature && checker.typeToString(signature.getReturnType());
  return `${head.replaceAll('Waiting<S>', 'StreamWait')}${result === undefined ? '' : `: ${result}`}`;
}

/** A method of a group answers with a promise on the service; on a pipeline the result of `execute` has it. */
function typeText(type: ts.TypeNode): string {
  const isReply = ts.isTypeReferenceNode(type) && type.typeName.getText() === 'Reply';
  const [, answer] = (isReply && type.typeArguments) || [];
  return answer ? `Promise<${answer.getText()}>` : dedent(type.getText(), indentOf(type));
}

/** The head of a class or interface: what users can see that it extends, and its type parameters. */
export function headOf(
  declaration: ts.ClassDeclaration | ts.InterfaceDeclaration,
  isSeen: (parent: ts.Expression) => boolean,
): string {
  const clauses = (declaration.heritageClauses ?? []).flatMap(({ types, token }) => {
    const seen = types.filter(({ expression }) => isSeen(expression)).map((type) => type.getText());
    return seen.length > 0 ? [`${ts.tokenToString(token)} ${seen.join(', ')}`] : [];
  });
  const parameters = declaration.typeParameters?.map((parameter) => parameter.getText()).join(', ');
  const isAbstract = declaration.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AbstractKeyword);
  const kind = ts.isClassDeclaration(declaration) ? `${isAbstract ? 'abstract ' : ''}class` : 'interface';
  return [`${kind} ${declaration.name!.text}${parameters ? `<${parameters}>` : ''}`, ...clauses].join(' ');
}

/** `timeout?: Timeout`, on one line. */
export function propertyOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const declaration = symbol.declarations![0]!;
  const type = 'type' in declaration ? (declaration.type as ts.TypeNode | undefined) : undefined;
  const text = type?.getText() ?? checker.typeToString(checker.getTypeOfSymbol(symbol));
  const isOptional = symbol.flags & ts.SymbolFlags.Optional;
  return `${symbol.name}${isOptional ? '?' : ''}: ${text.replaceAll(/\s+/g, ' ')}`;
}

/** The whole declaration of a type, or of a constant without its value. */
export function declarationOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const declaration = symbol.declarations![0]!;
  if (ts.isTypeAliasDeclaration(declaration)) {
    return dedent(declaration.getText().replace(/^export /, ''), indentOf(declaration));
  }
  return `const ${symbol.name}: ${checker.typeToString(checker.getTypeOfSymbol(symbol))}`;
}

function indentOf(node: ts.Node): string {
  const { text } = node.getSourceFile();
  const line = text.slice(text.lastIndexOf('\n', node.getStart()) + 1);
  return /^ */.exec(line)![0];
}

const dedent = (text: string, indent: string): string => text.replaceAll(`\n${indent}`, '\n');

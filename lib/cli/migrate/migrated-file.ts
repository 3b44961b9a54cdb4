import type ts from 'typescript';
import { Edits } from './edits.js';
import { Imports } from './imports.js';
import type { TtlUnit } from './times.js';
import type { TypeScript } from '../program/typescript.js';

/** The options of the one registration of all files: CachexModule is global. */
export interface Registration {
  options?: string;
}

/** One source file during its migration: what the rules read, and where they write. */
export class MigratedFile {
  readonly edits: Edits;
  readonly imports: Imports;

  constructor(
    readonly ts: TypeScript,
    readonly source: ts.SourceFile,
    readonly unit: TtlUnit,
    readonly registration: Registration,
  ) {
    this.edits = new Edits(source);
    this.imports = new Imports(ts, source);
  }

  /** Calls `visit` for every node, for inner nodes first. */
  visitAll(visit: (node: ts.Node) => void): void {
    const walk = (node: ts.Node): void => {
      this.ts.forEachChild(node, walk);
      visit(node);
    };
    walk(this.source);
  }

  text(node: ts.Node): string {
    return this.edits.textOf(node);
  }

  /** The expression without casts, parentheses and `await`. */
  bare(node: ts.Expression): ts.Expression {
    const { ts } = this;
    const isAround =
      ts.isAsExpression(node) ||
      ts.isParenthesizedExpression(node) ||
      ts.isAwaitExpression(node) ||
      ts.isNonNullExpression(node) ||
      ts.isSatisfiesExpression(node);
    return isAround ? this.bare(node.expression) : node;
  }

  /** `name: value`, `name`, and `name() {}` of an object literal, by name; `undefined` if it has anything else. */
  propertiesOf(literal: ts.ObjectLiteralExpression): Map<string, ts.Expression> | undefined {
    const { ts } = this;
    const properties = new Map<string, ts.Expression>();
    for (const property of literal.properties) {
      if (ts.isShorthandPropertyAssignment(property)) properties.set(property.name.text, property.name);
      else if (ts.isPropertyAssignment(property) && !ts.isComputedPropertyName(property.name)) {
        properties.set(property.name.text, property.initializer);
      } else return undefined;
    }
    return properties;
  }
}

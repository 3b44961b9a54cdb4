import { type Bytes, toBytes } from '../protocol/bytes.js';
import { parseDouble } from '../protocol/numbers.js';
import { JsonError, maxDepth } from './json-coding.js';
import type { LuaState } from './lua-module.js';
import type { LuaStack } from './lua-stack.js';

const spacePattern = /[ \t\n\r]*/y;
const numberPattern = /[-+]?(?:0x[\da-f]+|inf(?:inity)?|nan|\d+\.?\d*(?:e[+-]?\d+)?)/iy;
const wordPattern = /true|false|null/y;
const plainPattern = /[^"\\]*/y;
const escapes: Readonly<Record<string, string | undefined>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** How cjson names a token in its errors. */
const tokenNames: Readonly<Record<string, string | undefined>> = {
  '{': 'T_OBJ_BEGIN',
  '}': 'T_OBJ_END',
  '[': 'T_ARR_BEGIN',
  ']': 'T_ARR_END',
  ':': 'T_COLON',
  ',': 'T_COMMA',
  '"': 'T_STRING',
};

/** Reads JSON into Lua values by the rules of lua-cjson; `null` is cjson.null. */
export class JsonDecoder {
  private position = 0;

  constructor(
    private readonly stack: LuaStack,
    private readonly L: LuaState,
    private readonly text: Bytes,
  ) {}

  /** Pushes the decoded value. */
  decode(): void {
    this.value(0);
    this.skipSpace();
    if (this.position < this.text.length) throw this.expected('the end');
  }

  private value(depth: number): void {
    const { stack, L } = this;
    this.skipSpace();
    const char = this.text[this.position];
    if (char === '"') stack.pushBytes(L, this.string());
    else if (char === '{') this.object(depth + 1);
    else if (char === '[') this.array(depth + 1);
    else if (!this.word() && !this.number()) throw this.expected('value');
  }

  private object(depth: number): void {
    const { stack, L } = this;
    this.open(depth);
    if (this.accept('}')) return;
    do {
      this.skipSpace();
      if (this.text[this.position] !== '"') throw this.expected('object key string');
      stack.pushBytes(L, this.string());
      if (!this.accept(':')) throw this.expected('colon');
      this.value(depth);
      stack.lua.lua_rawset(L, -3);
    } while (this.accept(','));
    if (!this.accept('}')) throw this.expected('comma or object end');
  }

  private array(depth: number): void {
    const { stack, L } = this;
    this.open(depth);
    if (this.accept(']')) return;
    let index = 1;
    do {
      this.value(depth);
      stack.lua.lua_rawseti(L, -2, index++);
    } while (this.accept(','));
    if (!this.accept(']')) throw this.expected('comma or array end');
  }

  private open(depth: number): void {
    const { lua } = this.stack;
    this.position++;
    if (depth > maxDepth || !lua.lua_checkstack(this.L, 3)) {
      throw new JsonError(`Found too many nested data structures (${depth})`);
    }
    lua.lua_createtable(this.L, 0, 0);
  }

  private string(): Bytes {
    this.position++;
    let value = '';
    for (;;) {
      value += this.match(plainPattern) ?? '';
      const char = this.text[this.position];
      if (char === undefined) throw this.expected('value', 'unexpected end of string');
      this.position++;
      if (char === '"') return value;
      value += this.escape();
    }
  }

  /** Reads what follows a backslash. */
  private escape(): Bytes {
    const char = this.text[this.position++] ?? '';
    if (char !== 'u') return escapes[char] ?? this.invalidEscape('invalid escape code', 2);
    const high = this.hexadecimal();
    const isHigh = high >= 0xd800 && high < 0xdc00;
    if (!isHigh) return toBytes(String.fromCharCode(high));
    if (this.text.slice(this.position, this.position + 2) !== '\\u') {
      return this.invalidEscape('invalid unicode escape code', 6);
    }
    this.position += 2;
    return toBytes(String.fromCharCode(high, this.hexadecimal()));
  }

  private hexadecimal(): number {
    const digits = this.text.slice(this.position, this.position + 4);
    if (!/^[\da-f]{4}$/i.test(digits)) this.invalidEscape('invalid unicode escape code', 2);
    this.position += 4;
    return Number.parseInt(digits, 16);
  }

  private invalidEscape(found: string, length: number): never {
    this.position -= length;
    throw this.expected('value', found);
  }

  private word(): boolean {
    const { stack, L } = this;
    const word = this.match(wordPattern);
    if (word === 'null') stack.lua.lua_pushlightuserdata(L, 0);
    else if (word !== undefined) stack.lua.lua_pushboolean(L, word === 'true' ? 1 : 0);
    return word !== undefined;
  }

  private number(): boolean {
    const text = this.match(numberPattern);
    if (text !== undefined) this.stack.lua.lua_pushnumber(this.L, parseDouble(text) ?? Number(text));
    return text !== undefined;
  }

  private accept(char: string): boolean {
    this.skipSpace();
    const isThere = this.text[this.position] === char;
    if (isThere) this.position++;
    return isThere;
  }

  private skipSpace(): void {
    this.match(spacePattern);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  private expected(what: string, found = this.tokenName()): JsonError {
    return new JsonError(`Expected ${what} but found ${found} at character ${this.position + 1}`);
  }

  private tokenName(): string {
    const char = this.text[this.position];
    if (char === undefined) return 'T_END';
    if (this.startsWith(numberPattern)) return 'T_NUMBER';
    if (this.startsWith(/true|false/y)) return 'T_BOOLEAN';
    if (this.startsWith(/null/y)) return 'T_NULL';
    return tokenNames[char] ?? (/[-\d]/.test(char) ? 'invalid number' : 'invalid token');
  }

  private startsWith(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    return pattern.test(this.text);
  }
}

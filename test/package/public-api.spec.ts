import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  docOf,
  type PublicMember,
  type PublicName,
  readSurface,
  type Surface,
  tagsOf,
} from '../../docs/.vitepress/api/surface.js';

/** They answer from this process, or return a handle: nothing is sent. */
const withoutCommand = [
  ...['close', 'getClient', 'makeKey', 'pipeline', 'registerScript', 'toJSON'],
  ...['unscoped', 'withScope', 'withVersion'],
];

/** Implementations of another package's interface: that package calls their methods, not the user. */
const adapters =
  /^Cachex(DrizzleCache|Keyv|SessionStore|ThrottlerStorage|QueryResultCache|Instrumentation)$|(Serializer|Compressor)$/;

describe('the public API', { timeout: 60_000 }, () => {
  let surface: Surface;

  beforeAll(() => {
    surface = readSurface('.');
  }, 120_000);

  const doc = (symbol: ts.Symbol): string => docOf(symbol, surface.checker);
  const has = (symbol: ts.Symbol, tag: string): boolean => tagsOf(symbol, tag).length > 0;
  const place = ({ name, file }: PublicName): string => `${name} in lib/${file}`;
  const is = ({ symbol }: { symbol: ts.Symbol }, flags: ts.SymbolFlags): boolean => (symbol.flags & flags) !== 0;

  /** The members that break a rule, with their files. */
  const broken = (isFine: (member: PublicMember, owner: PublicName) => boolean): string[] => [
    ...new Set(
      surface.names.flatMap((owner) =>
        owner.members
          .filter((member) => !isFine(member, owner))
          .map((member) => `${owner.name}.${member.name} in lib/${member.file}`),
      ),
    ),
  ];

  it('marks every exported name as public', () => {
    expect(surface.names.length).toBeGreaterThan(200);
    expect(surface.names.filter(({ symbol }) => !has(symbol, 'publicApi')).map(place)).toEqual([]);
  });

  it('describes every exported name', () => {
    expect(surface.names.filter(({ symbol }) => doc(symbol) === '').map(place)).toEqual([]);
  });

  it('describes every member of every exported class, interface and type', () => {
    expect(surface.names.flatMap(({ members }) => members).length).toBeGreaterThan(1000);
    expect(broken(({ symbol }) => doc(symbol) !== '')).toEqual([]);
  });

  it('has an example of every function, decorator and class; of errors, on their parent', () => {
    const values = surface.names.filter((name) => is(name, ts.SymbolFlags.Class | ts.SymbolFlags.Function));
    const lacking = values.filter(({ name, symbol }) => !has(symbol, 'example') && !/\wError$/.test(name));
    expect(lacking.map(place)).toEqual([]);
  });

  it('has an example of every method that a user calls', () => {
    const lacking = broken(
      (method, owner) =>
        !is(method, ts.SymbolFlags.Method) ||
        !is(owner, ts.SymbolFlags.Class) ||
        adapters.test(owner.name) ||
        method.name === 'toJSON' ||
        has(method.symbol, 'example'),
    );
    expect(lacking).toEqual([]);
  });

  it('names the Redis command of every method of the service', () => {
    const { members } = surface.names.find(({ name }) => name === 'CachexService')!;
    const methods = members.filter((member) => is(member, ts.SymbolFlags.Method));
    expect(methods.length).toBeGreaterThan(150);
    const silent = methods.filter(({ symbol }) => !/Redis:\s/.test(doc(symbol))).map(({ name }) => name);
    expect(silent.toSorted()).toEqual(withoutCommand.toSorted());
  });
});

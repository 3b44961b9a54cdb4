import * as fc from 'fast-check';

/** A command with its arguments. */
export type Call = readonly [name: string, ...args: (string | Buffer)[]];

type Part = string | Buffer | fc.Arbitrary<string | Buffer> | fc.Arbitrary<readonly (string | Buffer)[]>;

/** A call with random arguments; a list among them is flattened. */
export function call(name: string, ...parts: Part[]): fc.Arbitrary<Call> {
  const drawn = parts.map((part): fc.Arbitrary<string | Buffer | readonly (string | Buffer)[]> =>
    typeof part === 'string' || Buffer.isBuffer(part) ? fc.constant(part) : part,
  );
  return fc.tuple(...drawn).map((args): Call => [name, ...args.flat()]);
}

/** One of the words, or nothing. */
export function maybe(...words: (string | fc.Arbitrary<string | Buffer>)[]): fc.Arbitrary<(string | Buffer)[]> {
  const chosen = fc.oneof(...words.map((word) => (typeof word === 'string' ? fc.constant(word) : word)));
  return fc.array(chosen, { maxLength: 1 });
}

/** A word with its argument, or nothing. */
export function option(word: string, value: fc.Arbitrary<string | Buffer>): fc.Arbitrary<(string | Buffer)[]> {
  return fc.oneof(
    fc.constant<(string | Buffer)[]>([]),
    value.map((argument) => [word, argument]),
  );
}

/** Some of the words in any order, with repetitions. */
export function some(...words: (string | fc.Arbitrary<(string | Buffer)[]>)[]): fc.Arbitrary<(string | Buffer)[]> {
  const chosen = fc.oneof(
    ...words.map((word) => (typeof word === 'string' ? fc.constant<(string | Buffer)[]>([word]) : word)),
  );
  return fc.array(chosen, { maxLength: 3 }).map((lists) => lists.flat());
}

/** Few keys, so that commands of all types meet at the same keys. */
export const key = fc.constantFrom('a', 'b', 'c', 'd');

export const member: fc.Arbitrary<string | Buffer> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('m1', 'm2', 'm3', 'm4', 'a', '', '10', '3.5', 'zz') },
  { weight: 1, arbitrary: fc.constantFrom(Buffer.from([0, 255, 128]), Buffer.from('é'), Buffer.from([255])) },
  { weight: 1, arbitrary: fc.integer({ min: -20, max: 200 }).map(String) },
);

export const members = fc.array(member, { minLength: 1, maxLength: 5 });

export const value: fc.Arbitrary<string | Buffer> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('', 'hello', 'x'.repeat(100), '10', '-1', '0', '007', ' 1', '1e3', '3.0e3') },
  { weight: 1, arbitrary: fc.integer().map(String) },
  { weight: 1, arbitrary: fc.double({ noNaN: true }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('9223372036854775807', '-9223372036854775808', '9223372036854775808', 'inf'),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)) },
);

/** An index or a count: mostly small, sometimes strange, sometimes not a number. */
export const integer = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: -6, max: 6 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('100', '-100', '9223372036854775807', '-9223372036854775808') },
  { weight: 1, arbitrary: fc.constantFrom('x', '', '1.5', '+1', '01', ' 1', '9223372036854775808', '-0') },
);

export const count = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 6 }).map(String) },
  { weight: 1, arbitrary: integer },
);

export const float = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -10, max: 10 }).map(String) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('0.1', '1.5', '-2.25', '3.3', '1e3', '5e-1', '.5', '1.', '1e20', '0.000001', '-0'),
  },
  { weight: 1, arbitrary: fc.double({ noNaN: true }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('inf', '-inf', '+inf', 'Infinity', '1e308', '17976931348623157e292', '0x10', '1e400'),
  },
  { weight: 1, arbitrary: fc.constantFrom('nan', '', 'x', ' 1', '1 ', '1e', '--1', '(1', '1e-400') },
);

/** Seconds far in the future, or long past. */
export const seconds = fc.constantFrom('1000', '5000', '100000', '0', '-1', 'x', '9223372036854775807', '1.5');
export const milliseconds = fc.constantFrom('1000000', '5000000', '0', '-5', '', '9223372036854775807');
/** Unix times far in the future or long past, in seconds and in milliseconds. */
export const unixSeconds = fc.constantFrom('4000000000', '5000000000', '1', '0', '-1', 'x', '9223372036854775807');
export const unixMilliseconds = fc.constantFrom('4000000000000', '4000000000001', '1', '0', '-1', 'y');

/** Now and then one argument is missing, one is added, or one is replaced. */
export function sometimesWrong(calls: fc.Arbitrary<Call>): fc.Arbitrary<Call> {
  const spoiled = fc
    .tuple(calls, fc.nat({ max: 12 }), fc.nat(), fc.oneof(member, value))
    .map(([spoilt, how, at, word]) => {
      const [name, ...args] = spoilt;
      const index = args.length === 0 ? 0 : at % args.length;
      if (how === 0) args.splice(index, 1);
      if (how === 1) args.splice(index, 0, word);
      if (how === 2 && args.length > 0) args[index] = word;
      if (how === 3) args.push(word);
      return [name, ...args] as Call;
    });
  const wrong = { weight: 1, arbitrary: spoiled.filter(isCheap) };
  return fc.oneof({ weight: 4, arbitrary: calls }, wrong).filter((made) => hasOneReply(made) && !endsServer(made));
}

/** Redis 8.6 answers `SET … GET` twice if the digest is not 16 bytes long: with the old value, and with an error. */
function hasOneReply([name, ...args]: Call): boolean {
  const words = args.map((word) => String(word).toUpperCase());
  const digest = words[1 + words.findIndex((word) => word === 'IFDEQ' || word === 'IFDNE')];
  return name !== 'SET' || !words.includes('GET') || !/IFD/.test(words.join(' ')) || digest?.length === 16;
}

/** Calls that crash Redis 8.6: a large count of fields, and HSETEX with an expiry and the same field twice. */
function endsServer([name, ...args]: Call): boolean {
  if (!/^H/i.test(name)) return false;
  const words = args.map(String);
  const first = 1 + words.findIndex((word) => /^fields$/i.test(word));
  const count = Number(words[first]);
  if (count > 1000 && count < 2 ** 31) return true;
  if (name.toUpperCase() !== 'HSETEX' || !words.some((word) => /^(EX|PX)(AT)?$/i.test(word))) return false;
  const fields = words.slice(first + 1, first + 1 + 2 * count).filter((_, index) => index % 2 === 0);
  return new Set(fields).size < fields.length;
}

/** The replies (or writes) of some commands are as large as their arguments say. */
function isCheap([name, ...args]: Call): boolean {
  const numbers = args.map((word) => Math.abs(Number(word))).filter((number) => number > 1000 && number < 2 ** 29);
  return (
    !/RAND|SETRANGE/i.test(name) || (numbers.length === 0 && !args.some((word) => /^-\d{4,18}$/.test(String(word))))
  );
}

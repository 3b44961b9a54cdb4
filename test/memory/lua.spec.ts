import { describe, expect, it } from 'vitest';
import { MemoryServer, type MemorySession } from '../../lib/embedded/index.js';
import { toPlain } from './differential/normalise.js';
import { run, text } from './text.js';

const evaluate = async (session: MemorySession, ...args: (string | Buffer | number)[]) =>
  toPlain(await session.call('EVAL', args));

describe('Lua in the embedded engine', () => {
  it('answers at once from the second script on', async () => {
    const session = new MemoryServer().connect();
    await session.call('EVAL', ['return 1', 0]);
    expect(text(session.call('EVAL', ["return redis.call('INCR', KEYS[1])", 1, 'k']))).toBe(1);
  });

  it('keeps the order of calls while the interpreter loads', async () => {
    const session = new MemoryServer().connect();
    const calls: [string, (string | number)[]][] = [
      ['SET', ['k', '1']],
      ['EVAL', ["return redis.call('INCR', 'k')", 0]],
      ['INCR', ['k']],
      ['EVAL', ["return redis.call('GET', 'k')", 0]],
    ];
    expect(await Promise.all(calls.map(async ([name, args]) => session.call(name, args)))).toEqual([
      Buffer.from('OK'),
      2,
      3,
      Buffer.from('3'),
    ]);
  });

  it('runs in a transaction that is the first to need it', async () => {
    const session = new MemoryServer().connect();
    run(session, 'MULTI');
    run(session, 'EVAL', ["return redis.call('INCR', 'k')", 0]);
    run(session, 'INCR', ['k']);
    expect(toPlain(await session.call('EXEC'))).toEqual([1, 2]);
  });

  it('keeps every byte', async () => {
    const session = new MemoryServer().connect();
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
    const script = "redis.call('SET', KEYS[1], ARGV[1]) return {#ARGV[1], redis.call('GET', KEYS[1])}";
    expect(await session.call('EVAL', [script, 1, bytes.subarray(0, 256), bytes])).toEqual([70_000, bytes]);
    expect(session.call('GET', [bytes.subarray(0, 256)])).toEqual(bytes);
  });

  it('knows scripts by their SHA-1 until they are flushed, per engine', async () => {
    const [a, b] = [new MemoryServer().connect(), new MemoryServer().connect()];
    const sha = String(await a.call('SCRIPT', ['LOAD', 'return ARGV[1]']));
    expect(sha).toMatch(/^[\da-f]{40}$/);
    expect(toPlain(await a.call('EVALSHA', [sha.toUpperCase(), 0, 'x']))).toBe('x');
    expect(toPlain(await a.call('SCRIPT', ['EXISTS', sha, 'f'.repeat(40)]))).toEqual([1, 0]);
    const unknown = { error: 'NOSCRIPT No matching script. Please use EVAL.' };
    expect(toPlain(await b.call('EVALSHA', [sha, 0, 'x']))).toEqual(unknown);
    run(a, 'SCRIPT', ['FLUSH']);
    expect(toPlain(await a.call('EVALSHA', [sha, 0, 'x']))).toEqual(unknown);
    expect(await evaluate(a, 'return ARGV[1]', 0, 'y')).toBe('y');
  });

  it('leaves nothing behind for the next script, even of another engine', async () => {
    const [a, b] = [new MemoryServer().connect(), new MemoryServer().connect()];
    await evaluate(a, 'return KEYS[1]', 1, 'secret');
    expect(await evaluate(b, 'return #KEYS + #ARGV', 0)).toBe(0);
    const attempts = [
      'leak = 1',
      "rawset(_G, 'leak', 1)",
      'string.leak = 1',
      'table.insert(string, "leak")',
      'table.insert(redis, 1, "leak")',
      'local _, t = pairs(math) t.leak = 1',
      'redis.call = nil',
      "getmetatable('').__index = nil",
      'setmetatable(_G, nil)',
      "loadstring('leak = 1')()",
    ];
    for (const attempt of attempts) expect(await evaluate(a, attempt, 0), attempt).toHaveProperty('error');
    expect(await evaluate(b, 'return {#string, #redis, tostring(rawget(math, "leak"))}', 0)).toEqual([0, 0, 'nil']);
    expect(
      await evaluate(b, "return {type(redis.call), ('x'):rep(2), tostring(pcall(function() return leak end))}", 0),
    ).toEqual(['function', 'xx', 'false']);
  });

  it('has no access to the system', async () => {
    const session = new MemoryServer().connect();
    for (const name of ['io', 'os', 'require', 'package', 'debug', 'dofile', 'loadfile', 'print']) {
      expect(await evaluate(session, `return ${name}`, 0), name).toHaveProperty('error');
    }
  });

  it('refuses writes of a script that declares none, and runs it as read-only', async () => {
    const session = new MemoryServer().connect();
    const reads = "#!lua flags=no-writes\nreturn redis.call('GET', 'k')";
    const writes = "#!lua\nreturn redis.call('SET', 'k', 'v')";
    expect(toPlain(await session.call('EVAL_RO', [reads, 0]))).toBeNull();
    expect(toPlain(await session.call('EVAL_RO', [writes, 0]))).toEqual({
      error: 'ERR Can not execute a script with write flag using *_ro command.',
    });
    const sha = String(await session.call('SCRIPT', ['LOAD', writes.replace('#!lua', '#!lua flags=no-writes')]));
    expect(toPlain(await session.call('EVALSHA', [sha, 0]))).toHaveProperty(
      'error',
      expect.stringContaining('Write commands are not allowed from read-only scripts'),
    );
    expect(toPlain(await session.call('EVAL', [writes, 0]))).toBe('OK');
  });

  it('reports that it answers scripts in RESP2', async () => {
    const session = new MemoryServer().connect();
    expect(await evaluate(session, 'redis.setresp(3)', 0)).toHaveProperty('error', expect.stringContaining('RESP2'));
  });

  it('refuses writes of a read-only script', async () => {
    const session = new MemoryServer().connect();
    expect(toPlain(await session.call('EVAL_RO', ["return redis.call('GET', 'k')", 0]))).toBeNull();
    expect(toPlain(await session.call('EVAL_RO', ["return redis.call('SET', 'k', 'v')", 0]))).toHaveProperty(
      'error',
      expect.stringContaining('Write commands are not allowed from read-only scripts'),
    );
  });

  it('survives a thousand different scripts and deep recursion', async () => {
    const session = new MemoryServer().connect();
    for (let index = 0; index < 1500; index++) expect(await evaluate(session, `return ${index}`, 0)).toBe(index);
    const first = String(await session.call('SCRIPT', ['LOAD', 'return 0']));
    expect(toPlain(await session.call('EVALSHA', [first, 0]))).toBe(0);
    expect(await evaluate(session, 'local function f(n) return 1 + f(n + 1) end return f(1)', 0)).toHaveProperty(
      'error',
      expect.stringContaining('stack overflow'),
    );
    expect(await evaluate(session, 'local t = {} t[1] = t return #cjson.encode({t})', 0)).toHaveProperty(
      'error',
      expect.stringContaining('excessive depth'),
    );
    expect(await evaluate(session, 'return 1', 0)).toBe(1);
  });
});

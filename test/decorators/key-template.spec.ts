import { describe, expect, it } from 'vitest';
import { KeyTemplate } from '../../lib/decorators/options/key-template.js';
import type { MethodCall } from '../../lib/decorators/runtime/method-call.js';

const render = (template: string, ...args: unknown[]): string =>
  new KeyTemplate(template, 'key').read({ args, title: 'Users.find' } as unknown as MethodCall);

describe('a template', () => {
  it.each([
    ['users', [], 'users'],
    ['{0}', ['a'], 'a'],
    ['user:{0.id}:{1}', [{ id: 7n }, true], 'user:7:true'],
    ['{1}-{0}-{1}', ['a', 'b'], 'b-a-b'],
    ['{0.a.b-c.0}', [{ a: { 'b-c': ['deep'] } }], 'deep'],
    ['{{user:{0}}}:cart', ['1'], '{user:1}:cart'],
    ['{{}}', [], '{}'],
    ['{0}', [''], ''],
    ['page:{0:1}', [], 'page:1'],
    ['page:{0:1}', [2], 'page:2'],
    ['{0.sort:by name: A–Z}', [{ sort: null }], 'by name: A–Z'],
    ['{0:}', [], ''],
  ])('%o of %o is %o', (template, args, text) => {
    expect(render(template, ...args)).toBe(text);
  });

  it.each([['{'], ['}'], ['{}'], ['{ 0 }'], ['{0..id}'], ['{:1}'], ['a{b'], ['{0}}'], ['{a{b}}']])(
    '%o is none',
    (template) => {
      expect(() => render(template)).toThrow(/is not a valid template/);
    },
  );

  it.each([
    ['{0}', []],
    ['{0.id}', [null]],
    ['{0.id.name}', [{}]],
    ['{0}', [null]],
    ['{0}', [['a']]],
    ['{0:1}', [['a']]],
    ['{0}', [Symbol('s')]],
    ['{0.find}', [{ find: () => 1 }]],
  ])('%o of %o is an error', (template, args) => {
    expect(() => render(template, ...args)).toThrow(TypeError);
  });
});

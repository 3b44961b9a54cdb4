import { isPromise } from 'node:util/types';
import { describe, functionArgument, unawaited } from '../../arguments/arguments.js';
import type { MethodCall } from '../runtime/method-call.js';
import type { CallOption, NamesOption, TextOption, TextsOption } from './call-option.js';
import { FromContext } from './from-context.js';
import { KeyTemplate } from './key-template.js';
import type { OfArguments } from './typed-method-decorator.js';

/** One text. `escape` is for text that a template inserts. */
export function textOption(option: TextOption, what: string, escape?: (part: string) => string): CallOption<string> {
  if (typeof option === 'string') return new KeyTemplate(option, what, escape);
  const made = madeOption<unknown>(option, what);
  return { check: (site) => made.check(site), read: (call) => textOf(made.read(call), what, call) };
}

/** The same of a part of a request, which a client may leave out: `undefined` where a function makes nothing of it. */
export function textOrNothing(option: TextOption, what: string): CallOption<string | undefined> {
  if (typeof option === 'string') return new KeyTemplate(option, what);
  const made = madeOption<unknown>(option, what);
  return {
    check: (site) => made.check(site),
    read: (call) => {
      const text = made.read(call);
      return text === undefined || text === null || text === '' ? undefined : textOf(text, what, call);
    },
  };
}

/** Any number of texts. */
export function textsOption(option: TextsOption, what: string): CallOption<readonly string[]> {
  if (isList(option)) {
    const templates = option.map((text) => new KeyTemplate(text, what));
    return {
      check: (site) => templates.forEach((template) => template.check(site)),
      read: (call) => templates.map((template) => template.read(call)),
    };
  }
  const made = madeOption<unknown>(option, what);
  return {
    check: (site) => made.check(site),
    read: (call) => {
      const texts = made.read(call);
      if (!Array.isArray(texts))
        throw new TypeError(`${what} of ${call.title} must be an array, not ${describe(texts)}`);
      return texts.map((text) => textOf(text, what, call));
    },
  };
}

/** One text, or several. */
export function namesOption(option: NamesOption, what: string): CallOption<string | readonly string[]> {
  if (typeof option === 'string') return new KeyTemplate(option, what);
  if (isList(option)) return textsOption(notEmpty(option, what), what);
  const made = madeOption<unknown>(option, what);
  return {
    check: (site) => made.check(site),
    read: (call) => {
      const texts = made.read(call);
      return Array.isArray(texts) ? texts.map((text) => textOf(text, what, call)) : textOf(texts, what, call);
    },
  };
}

/** The result of a function of the arguments, or of the context. */
export function madeOption<T>(option: OfArguments<T> | FromContext<T>, what: string): CallOption<T> {
  if (option instanceof FromContext) return fromContextOption(option, what);
  functionArgument(option, what);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the types of the decorator have checked its arguments
  const make = option as (...args: readonly unknown[]) => T;
  return {
    read: (call) => atOnce(make(...call.args), what, call),
    check: (site) => {
      const unread = site.parameters.find(({ read, index }) => !read && index < make.length);
      if (unread) site.refuse(what, `cannot be a function: ${unread.decorator} is not available yet; use fromContext`);
    },
  };
}

function fromContextOption<T>({ read }: FromContext<T>, what: string): CallOption<T> {
  return {
    read: (call) => {
      if (!call.context)
        throw new TypeError(`${what} of ${call.title} reads the request context, but this call has none`);
      return atOnce(read(call.context), what, call);
    },
    check: (site) => {
      if (!site.isHandler)
        site.refuse(what, 'reads the request context, which only controllers and other handlers have');
    },
  };
}

/**
 * A promise would pass for true, and nobody would hear of its failure.
 *
 * @throws TypeError for a promise
 */
export function atOnce<T>(made: T, what: string, { title }: MethodCall): T {
  if (!isPromise(made)) return made;
  unawaited(made);
  throw new TypeError(`${what} of ${title} must not be async: it returned a Promise`);
}

function textOf(text: unknown, what: string, call: MethodCall): string {
  if (typeof text === 'string' && text !== '') return text;
  const shown = text === '' ? 'an empty one' : describe(text);
  throw new TypeError(`${what} of ${call.title} must be a non-empty string, not ${shown}`);
}

/** @throws TypeError for an empty list, which would do nothing */
export function notEmpty<T>(option: T, what: string): T {
  if (Array.isArray(option) && option.length === 0) throw new TypeError(`${what} must not be an empty list`);
  return option;
}

function isList(option: NamesOption): option is readonly string[] {
  return Array.isArray(option);
}

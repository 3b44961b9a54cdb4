import { hash } from 'node:crypto';
import { errorText } from '../../errors/error-text.js';
import { SerializerError } from '../../errors/index.js';
import { ArgumentText } from './argument-text.js';
import type { CallOption } from '../options/call-option.js';
import type { MethodCall } from '../runtime/method-call.js';
import type { MethodSite } from '../runtime/method-site.js';

/** Hexadecimal digits: 128 bits. */
const LENGTH = 32;

/** 128 bits that identify a list of arguments: equal for equal lists, whatever the order of an object's keys. */
export function digestOf(args: readonly unknown[]): string {
  return hash('sha256', new ArgumentText().write(args), 'hex').slice(0, LENGTH);
}

/** Class, method and a digest of all arguments. */
export class DefaultKey implements CallOption<string> {
  constructor(private readonly decorator: string) {}

  /** Refuses if something outside the key may distinguish one caller's answer from another's. */
  check(site: MethodSite): void {
    const parameter = site.parameters.find(({ keyable, read }) => !keyable || !read);
    if (parameter) site.refuse(this.decorator, `needs a key: ${parameter.decorator} cannot be part of one`);
    const why = site.module.whyNotOneForAll(site);
    if (why !== undefined) site.refuse(this.decorator, `needs a key: ${why}`);
    site.useDefaultKey(this.decorator);
  }

  read(call: MethodCall): string {
    try {
      return `${call.site.head}:${digestOf(call.args)}`;
    } catch (error) {
      if (!(error instanceof SerializerError)) throw error;
      const why = `${this.decorator} on ${call.title} needs a key: its arguments cannot be part of one`;
      throw new SerializerError(`${why}: ${errorText(error)}`, { cause: error });
    }
  }
}

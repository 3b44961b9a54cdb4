import type { FromContext } from './from-context.js';
import type { MethodCall } from '../runtime/method-call.js';
import type { MethodSite } from '../runtime/method-site.js';
import type { OfArguments } from './typed-method-decorator.js';

/** A text that is built for every call. @publicApi */
export type TextOption<Make extends OfArguments<string> = OfArguments<string>> = string | Make | FromContext<string>;

/** Several texts; a list may hold templates. @publicApi */
export type TextsOption<Make extends OfArguments<readonly string[]> = OfArguments<readonly string[]>> =
  | readonly string[]
  | Make
  | FromContext<readonly string[]>;

/** One text, or several. @publicApi */
export type NamesOption<
  Make extends OfArguments<string | readonly string[]> = OfArguments<string | readonly string[]>,
> = string | readonly string[] | Make | FromContext<string | readonly string[]>;

/** Decides about a call: a function of the method's arguments, or of the request. @publicApi */
export type ConditionOption<Decide extends OfArguments<boolean> = OfArguments<boolean>> = Decide | FromContext<boolean>;

/** An option, as a call reads it. */
export interface CallOption<T> {
  read(call: MethodCall): T;
  /** @throws ConfigError if calls of the method cannot read it */
  check(site: MethodSite): void;
}

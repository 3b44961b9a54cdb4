import type { MethodCall } from './method-call.js';
import type { MethodSite } from './method-site.js';

/** With the arguments of the call, or others. */
export type Proceed = (args?: readonly unknown[]) => Promise<unknown>;

/** The action of one decorator around a method. */
export interface Operation {
  /** The decorator's name in errors: `@Cacheable`. */
  readonly decorator: string;
  /** The cache that it works with; the default one if left out. */
  readonly cache?: string | undefined;
  /** Whether the method must not run without it, for example without its lock: without CachexModule it fails. */
  readonly isVital?: boolean;
  /** Whether it is about requests, not about the work of the method: calls of an HTTP handler by other code go without. */
  readonly answersRequests?: boolean;
  /** @throws ConfigError if it cannot work on the method; then the application does not start */
  check?(site: MethodSite): void;
  /** `proceed` runs the decorators below and the method itself. */
  run(call: MethodCall, proceed: Proceed): Promise<unknown>;
}

import type { MethodCall } from './method-call.js';
import type { MethodSite } from './method-site.js';

/** With the arguments of the call, or others in their place. */
export type Proceed = (args?: readonly unknown[]) => Promise<unknown>;

/** What one decorator does around a method. */
export interface Operation {
  /** As it is written, for errors: `@Cacheable`. */
  readonly decorator: string;
  /** The cache that it works with; the default one where left out. */
  readonly cache?: string | undefined;
  /** The method must not run without it, as an unlocked one must not: in an application without CachexModule it fails. */
  readonly isVital?: boolean;
  /** @throws ConfigError where it cannot work on the method; the application does not start then */
  check?(site: MethodSite): void;
  /** `proceed` runs what the decorators below and the method itself do. */
  run(call: MethodCall, proceed: Proceed): Promise<unknown>;
}

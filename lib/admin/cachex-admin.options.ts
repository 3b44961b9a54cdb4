import { type CanActivate, Logger, type Type } from '@nestjs/common';
import { functionArgument } from '../arguments/arguments.js';
import { IsArray, IsBoolean } from '../options/validators.js';
import { ConfigError } from '../index.js';
import { hasMethods, isObject, Obeys, Optional } from '../options/option-rules.js';
import { instanceOf, problemsOf } from '../options/validate.js';
import type { CachexAdminAction, CachexAdminContext, CachexAdminEvent } from './actions.js';
import { userOf } from './who.js';

/** A guard: an instance, or a class that may inject providers of the application. @publicApi */
export type CachexAdminGuard = Type<CanActivate> | CanActivate;

/**
 * Options of `CachexAdminModule`.
 *
 * @publicApi
 * @example
 * CachexAdminModule.forRoot({ guards: [AdminGuard], audit: (event) => auditLog.write(event) })
 */
export class CachexAdminOptions {
  /**
   * Guards of the page and its data. A request must pass all of them. In production (`NODE_ENV=production`) at least
   * one is required. A browser opens the page, so guards receive only cookies and Basic authentication.
   */
  @Optional()
  @Obeys('areGuards', checkGuards)
  @IsArray()
  guards?: readonly CachexAdminGuard[];

  /**
   * Refuses all changes.
   *
   * @default false
   */
  @Optional()
  @IsBoolean()
  readOnly?: boolean;

  /**
   * Allows users to flush databases. That also deletes keys of other programs.
   *
   * @default false
   */
  @Optional()
  @IsBoolean()
  flush?: boolean;

  /**
   * Decides whether the user may do an action. The page asks before every action. It also asks without a key, to know
   * which actions to offer. By default, every user that passes the guards may do everything.
   *
   * @example
   * CachexAdminModule.forRoot({
   *   guards: [AdminGuard],
   *   can: (action, { cache, request }) => action === 'view' || (cache !== 'sessions' && isAdmin(request)),
   * });
   */
  @Optional()
  @Obeys('isFunction', functionArgument)
  can?: (action: CachexAdminAction, context: CachexAdminContext) => boolean | Promise<boolean>;

  /** Returns the user of a request, for audit events. See `CachexAdminEvent` for the default. */
  @Optional()
  @Obeys('isFunction', functionArgument)
  user?: (request: unknown) => string | undefined;

  /**
   * Receives every change before the page answers the request. An error that it throws is logged; the change is made
   * nevertheless.
   */
  @Optional()
  @Obeys('isFunction', functionArgument)
  audit?: (event: CachexAdminEvent) => unknown;

  /**
   * The history in the view _Traffic_, which covers 24 hours. `'process'` records the activity of this process.
   * `'fleet'` combines all processes: every minute, each process writes its figures to a few small keys of the cache,
   * which expire after 25 hours. `false` records nothing.
   *
   * @default 'process'
   */
  @Optional()
  @Obeys('isHistory', (value, what) => {
    if (value !== 'process' && value !== 'fleet' && value !== false) {
      throw new TypeError(`${what} must be 'process', 'fleet' or false`);
    }
  })
  history?: 'process' | 'fleet' | false;

  /**
   * The host names, without ports, under which the page answers. They prevent DNS rebinding, by which another site
   * points its own name to this server. Without guards the default is the local machine (`localhost`, `127.0.0.1`,
   * `[::1]`). With guards the default is every name.
   */
  @Optional()
  @Obeys('areHosts', checkHosts)
  @IsArray()
  hosts?: readonly string[];
}

export type ResolvedAdminOptions = Required<Omit<CachexAdminOptions, 'hosts'>> & Pick<CachexAdminOptions, 'hosts'>;

/** @throws ConfigError if an option is invalid, or if the page would be unprotected in production */
export function resolveAdminOptions(plain: CachexAdminOptions): ResolvedAdminOptions {
  if (!isObject(plain)) throw new ConfigError('The options of CachexAdminModule must be an object');
  const options = instanceOf(CachexAdminOptions, plain);
  const problems = problemsOf(options);
  if (problems.length > 0) {
    throw new ConfigError(['The options of CachexAdminModule are not valid:', ...problems].join('\n'));
  }
  const { guards = [], readOnly = false, flush = false, can = anything, user = userOf, audit = nobody } = options;
  const { history = 'process', hosts } = options;
  if (guards.length === 0) refuseInProduction();
  return Object.freeze({ guards, readOnly, flush, can, user, audit, history, hosts });
}

/** Accepts plain paths only, without wildcards or parameters of routes. */
export function checkPath(path: unknown): string {
  if (typeof path === 'string' && /^\/?[\w.~-]+(\/[\w.~-]+)*\/?$/.test(path)) return path.replaceAll(/^\/|\/$/g, '');
  throw new ConfigError(
    "path of CachexAdminModule must consist of names separated by slashes, such as 'cachex' or 'ops/cache'",
  );
}

const anything = (): boolean => true;
const nobody = (): void => undefined;

function refuseInProduction(): void {
  const danger =
    'CachexAdminModule has no guards: anyone who reaches its page can read and delete everything in the caches.';
  if (process.env.NODE_ENV === 'production') {
    throw new ConfigError(
      `${danger} In production it does not start without one: CachexAdminModule.forRoot({ guards: [AdminGuard] })`,
    );
  }
  new Logger('CachexAdmin').warn(`${danger} In production it does not start without one`);
}

function checkGuards(guards: unknown, what: string): void {
  const isGuard = (guard: unknown): boolean =>
    hasMethods(typeof guard === 'function' ? (guard.prototype as unknown) : guard, ['canActivate']);
  if (!Array.isArray(guards) || !guards.every(isGuard)) {
    throw new TypeError(`${what} must be a list of guards: classes or instances with canActivate`);
  }
}

function checkHosts(hosts: unknown, what: string): void {
  const isHost = (host: unknown): boolean => typeof host === 'string' && /^([\w.-]+|\[[\da-f:.]+\])$/i.test(host);
  if (!Array.isArray(hosts) || hosts.length === 0 || !hosts.every(isHost)) {
    throw new TypeError(`${what} must be a list of host names without ports, such as 'ops.example.com' or '[::1]'`);
  }
}

import { type CanActivate, Logger, type Type } from '@nestjs/common';
import { IsArray, IsBoolean } from '../options/validators.js';
import { ConfigError } from '../index.js';
import { hasMethods, isObject, Obeys, Optional } from '../options/option-rules.js';
import { instanceOf, problemsOf } from '../options/validate.js';
import type { CachexAdminAction, CachexAdminContext, CachexAdminEvent } from './actions.js';
import { userOf } from './who.js';

/** A class, which may inject providers of the application, or an instance. @publicApi */
export type CachexAdminGuard = Type<CanActivate> | CanActivate;

const IsFunction = (): PropertyDecorator =>
  Obeys('isFunction', (value, what) => {
    if (typeof value !== 'function') throw new TypeError(`${what} must be a function`);
  });

/**
 * Options of `CachexAdminModule`.
 *
 * @publicApi
 * @example
 * CachexAdminModule.forRoot({ guards: [AdminGuard], audit: (event) => auditLog.write(event) })
 */
export class CachexAdminOptions {
  /**
   * Every one must let a request pass, for the page and for its data. In production (`NODE_ENV=production`) there
   * must be at least one. A browser opens the page, so guards get only cookies and Basic authentication.
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
   * Whether databases can be flushed: that deletes the keys of others, too.
   *
   * @default false
   */
  @Optional()
  @IsBoolean()
  flush?: boolean;

  /**
   * Whether somebody may do that; asked for every action, and without a key for what the page offers at all. Left out, all
   * that the guards let in may do everything.
   *
   * @example
   * CachexAdminModule.forRoot({
   *   guards: [AdminGuard],
   *   can: (action, { cache, request }) => action === 'view' || (cache !== 'sessions' && isAdmin(request)),
   * });
   */
  @Optional()
  @IsFunction()
  can?: (action: CachexAdminAction, context: CachexAdminContext) => boolean | Promise<boolean>;

  /** Who a request is of, for the audit events; by default as `CachexAdminEvent` says. */
  @Optional()
  @IsFunction()
  user?: (request: unknown) => string | undefined;

  /** Is told of every change, before it is answered. What it throws is logged: the change is made by then. */
  @Optional()
  @IsFunction()
  audit?: (event: CachexAdminEvent) => unknown;

  /**
   * What the view _Traffic_ shows of the last 24 hours: what this process has done (`'process'`), or of all processes as
   * well (`'fleet'`): once a minute each of them adds its figures to a few small keys of the cache, which live for 25
   * hours. `false` records nothing.
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
   * The names, without ports, that the page answers to: against sites that let their own names point to this server (DNS
   * rebinding). Without guards it answers to this machine's own (`localhost`, `127.0.0.1`, `[::1]`), with guards to all.
   */
  @Optional()
  @Obeys('areHosts', checkHosts)
  @IsArray()
  hosts?: readonly string[];
}

export type ResolvedAdminOptions = Required<Omit<CachexAdminOptions, 'hosts'>> & Pick<CachexAdminOptions, 'hosts'>;

/** @throws ConfigError where something is wrong with them, or production would be left open */
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

/** What is checked here is a path for routes: no wildcards, no parameters. */
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

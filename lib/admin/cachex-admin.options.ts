import { type CanActivate, Logger, type Type } from '@nestjs/common';
import { IsArray, IsBoolean } from '../options/validators.js';
import { ConfigError } from '../index.js';
import { hasMethods, isObject, Obeys, Optional } from '../options/option-rules.js';
import { instanceOf, problemsOf } from '../options/validate.js';

/** A class, which may inject providers of the application, or an instance. @publicApi */
export type CachexAdminGuard = Type<CanActivate> | CanActivate;

/** Options of `CachexAdminModule`. @publicApi */
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
}

export type ResolvedAdminOptions = Required<CachexAdminOptions>;

/** @throws ConfigError where something is wrong with them, or production would be left open */
export function resolveAdminOptions(plain: CachexAdminOptions): ResolvedAdminOptions {
  if (!isObject(plain)) throw new ConfigError('The options of CachexAdminModule must be an object');
  const options = instanceOf(CachexAdminOptions, plain);
  const problems = problemsOf(options);
  if (problems.length > 0) {
    throw new ConfigError(['The options of CachexAdminModule are not valid:', ...problems].join('\n'));
  }
  const { guards = [], readOnly = false } = options;
  if (guards.length === 0) refuseInProduction();
  return Object.freeze({ guards, readOnly });
}

/** What is checked here is a path for routes: no wildcards, no parameters. */
export function checkPath(path: unknown): string {
  if (typeof path === 'string' && /^\/?[\w.~-]+(\/[\w.~-]+)*\/?$/.test(path)) return path.replaceAll(/^\/|\/$/g, '');
  throw new ConfigError(
    "path of CachexAdminModule must consist of names separated by slashes, such as 'cachex' or 'ops/cache'",
  );
}

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

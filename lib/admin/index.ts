export {
  CachexAdminModule,
  type CachexAdminModuleAsyncOptions,
  type CachexAdminModuleOptions,
  type CachexAdminOptionsFactory,
} from './cachex-admin.module.js';
export type { CachexAdminAction, CachexAdminContext, CachexAdminEvent } from './actions.js';
export { type CachexAdminGuard, CachexAdminOptions } from './cachex-admin.options.js';

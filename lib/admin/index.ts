export {
  CachexAdminModule,
  type CachexAdminModuleAsyncOptions,
  type CachexAdminModuleOptions,
  type CachexAdminOptionsFactory,
} from './cachex-admin.module.js';
export { type CachexAdminGuard, CachexAdminOptions } from './cachex-admin.options.js';

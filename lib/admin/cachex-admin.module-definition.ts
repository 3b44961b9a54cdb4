import { ConfigurableModuleBuilder, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { type CachexAdminOptions, checkPath } from './cachex-admin.options.js';

/** Options of the module, as opposed to the page. @publicApi */
export interface CachexAdminModuleExtras {
  /**
   * The path of the page, below the application's global prefix. With `forRootAsync`, pass it beside `useFactory`: Nest
   * creates routes before it calls the factory.
   *
   * @default 'cachex'
   */
  path?: string;
  /** Modules that export the dependencies of the guards. */
  imports?: ModuleMetadata['imports'];
}

const extras: CachexAdminModuleExtras = { path: 'cachex', imports: undefined };

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: adminOptionsToken } =
  new ConfigurableModuleBuilder<CachexAdminOptions>({ moduleName: 'CachexAdmin' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createCachexAdminOptions')
    .setExtras(extras, (definition, { path = 'cachex', imports = [] }): DynamicModule => {
      const routes = RouterModule.register([{ path: checkPath(path), module: definition.module }]);
      return { ...definition, imports: [...(definition.imports ?? []), ...imports, routes] };
    })
    .build();

import { type ConfigurableModuleAsyncOptions, type DynamicModule, Module, type Type } from '@nestjs/common';
import { ConfigError } from '../index.js';
import { isObject } from '../options/option-rules.js';
import { AccessGuard } from './access.guard.js';
import { AdminCaches } from './admin-caches.js';
import { AdminPageController } from './admin-page.controller.js';
import { Answers } from './answers.js';
import { Audit } from './audit.js';
import { Changes } from './changes.js';
import { Rights } from './rights.js';
import {
  adminOptionsToken,
  type CachexAdminModuleExtras,
  ConfigurableModuleClass,
} from './cachex-admin.module-definition.js';
import { type CachexAdminOptions, resolveAdminOptions } from './cachex-admin.options.js';
import { resolvedAdminOptionsToken } from './cachex-admin.tokens.js';
import { CachesController } from './caches.controller.js';
import { Entries } from './entries/entries.js';
import { CommandsController } from './commands.controller.js';
import { EntryController } from './entry.controller.js';
import { HistoryController } from './history.controller.js';
import { CommandFeeds } from './live/command-feeds.js';
import { KeysController } from './keys.controller.js';
import { LimitsController } from './limits.controller.js';
import { LocksController } from './locks.controller.js';
import { ProcessController } from './process.controller.js';
import { ScriptsController } from './scripts.controller.js';
import { SessionsController } from './sessions.controller.js';
import { StreamsController } from './streams.controller.js';
import { TagsController } from './tags.controller.js';
import { TransferController } from './transfer.controller.js';
import { MemoryController } from './memory.controller.js';
import { Recorder } from './recorder.js';

/** What a class for `useClass` or `useExisting` implements. @publicApi */
export interface CachexAdminOptionsFactory {
  /** Called once, when the application starts. */
  createCachexAdminOptions(): CachexAdminOptions | Promise<CachexAdminOptions>;
}

/** What `CachexAdminModule.forRoot` takes. @publicApi */
export type CachexAdminModuleOptions = CachexAdminOptions & CachexAdminModuleExtras;

/** What `CachexAdminModule.forRootAsync` takes. @publicApi */
export type CachexAdminModuleAsyncOptions = Omit<
  ConfigurableModuleAsyncOptions<CachexAdminOptions, 'createCachexAdminOptions'>,
  'useClass' | 'useExisting'
> &
  CachexAdminModuleExtras & {
    useClass?: Type<CachexAdminOptionsFactory>;
    useExisting?: Type<CachexAdminOptionsFactory>;
  };

/**
 * A page to browse and change what the caches of the application hold, behind guards of the application.
 *
 * @publicApi
 * @example
 * @Module({ imports: [CachexModule.forRoot(), CachexAdminModule.forRoot({ path: 'ops/cache', guards: [AdminGuard] })] })
 * class AppModule {}
 */
@Module({
  controllers: [
    AdminPageController,
    CachesController,
    KeysController,
    EntryController,
    LimitsController,
    LocksController,
    ProcessController,
    ScriptsController,
    SessionsController,
    StreamsController,
    TagsController,
    TransferController,
    HistoryController,
    MemoryController,
    CommandsController,
  ],
  providers: [
    { provide: resolvedAdminOptionsToken, inject: [adminOptionsToken], useFactory: resolveAdminOptions },
    AccessGuard,
    AdminCaches,
    Answers,
    Audit,
    Changes,
    Entries,
    CommandFeeds,
    Recorder,
    Rights,
  ],
})
export class CachexAdminModule extends ConfigurableModuleClass {
  /**
   * Takes the options as they are.
   *
   * @example
   * CachexAdminModule.forRoot({ path: 'ops/cache', guards: [AdminGuard], readOnly: true })
   */
  static override forRoot(options: CachexAdminModuleOptions = {}): DynamicModule {
    if (!isObject(options)) throw new ConfigError('CachexAdminModule.forRoot takes an object: { path, guards, … }');
    return super.forRoot(options);
  }

  /**
   * Creates the options when the application starts: by a factory, a class, or an existing provider.
   *
   * @example
   * CachexAdminModule.forRootAsync({
   *   path: 'ops/cache',
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ guards: [AdminGuard], readOnly: config.get('ADMIN') !== 'write' }),
   * })
   */
  static override forRootAsync(options: CachexAdminModuleAsyncOptions): DynamicModule {
    if (!isObject(options) || !(options.useFactory || options.useClass || options.useExisting)) {
      throw new ConfigError('CachexAdminModule.forRootAsync needs useFactory, useClass or useExisting');
    }
    return super.forRootAsync(options);
  }
}

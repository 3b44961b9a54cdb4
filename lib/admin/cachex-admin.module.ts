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

/** The interface of a class for `useClass` or `useExisting`. @publicApi */
export interface CachexAdminOptionsFactory {
  /** Called once, when the application starts. */
  createCachexAdminOptions(): CachexAdminOptions | Promise<CachexAdminOptions>;
}

/** Options of `CachexAdminModule.forRoot`. @publicApi */
export type CachexAdminModuleOptions = CachexAdminOptions & CachexAdminModuleExtras;

/** Options of `CachexAdminModule.forRootAsync`. @publicApi */
export type CachexAdminModuleAsyncOptions = Omit<
  ConfigurableModuleAsyncOptions<CachexAdminOptions, 'createCachexAdminOptions'>,
  'useClass' | 'useExisting'
> &
  CachexAdminModuleExtras & {
    useClass?: Type<CachexAdminOptionsFactory>;
    useExisting?: Type<CachexAdminOptionsFactory>;
  };

/**
 * A web page to browse and edit the application's caches. Guards of the application protect it.
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
   * Registers the page with fixed options.
   *
   * @example
   * CachexAdminModule.forRoot({ path: 'ops/cache', guards: [AdminGuard], readOnly: true })
   */
  static override forRoot(options: CachexAdminModuleOptions = {}): DynamicModule {
    if (!isObject(options)) throw new ConfigError('CachexAdminModule.forRoot takes an object: { path, guards, … }');
    return super.forRoot(options);
  }

  /**
   * Registers the page with options from a factory, a class or an existing provider, created when the application
   * starts.
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

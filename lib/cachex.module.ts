import { type DynamicModule, type FactoryProvider, Module, type Provider, type Type } from '@nestjs/common';
import type { ConfigurableModuleAsyncOptions } from '@nestjs/common';
import { type CachexModuleExtras, ConfigurableModuleClass, optionsToken } from './cachex.module-definition.js';
import { ConfigError } from './errors/index.js';
import type { CachexOptions } from './options/index.js';
import { isObject } from './options/option-rules.js';

/** The interface of a class for `useClass` or `useExisting`. @publicApi */
export interface CachexOptionsFactory {
  /** Called once, when the application starts. */
  createCachexOptions(): CachexOptions | Promise<CachexOptions>;
}

/** Options of `CachexModule.forRoot`: those of a cache, its `name`, and whether it is global. @publicApi */
export type CachexModuleOptions = CachexOptions & Omit<CachexModuleExtras, 'extraProviders'>;

/** Options of `CachexModule.forRootAsync`. @publicApi */
export type CachexModuleAsyncOptions = Omit<
  ConfigurableModuleAsyncOptions<CachexOptions, 'createCachexOptions'>,
  'useClass' | 'useExisting'
> &
  CachexModuleExtras & {
    useClass?: Type<CachexOptionsFactory>;
    useExisting?: Type<CachexOptionsFactory>;
  };

/**
 * Provides a {@link CachexService} to an application. Options are checked when the application starts; connections are
 * closed when it shuts down.
 *
 * @publicApi
 * @example
 * @Module({ imports: [CachexModule.forRoot({ connection: 'redis://localhost:6379', keyPrefix: 'shop' })] })
 * class AppModule {}
 */
@Module({})
export class CachexModule extends ConfigurableModuleClass {
  /**
   * Takes the options as they are.
   *
   * @example
   * CachexModule.forRoot({ connection: 'redis://localhost:6379', keyPrefix: 'shop' })
   */
  static override forRoot(options: CachexModuleOptions = {}): DynamicModule {
    if (!isObject(options)) throw new ConfigError('CachexModule.forRoot takes an object: { connection, … }');
    return super.forRoot(options);
  }

  /**
   * Creates the options when the application starts: by a factory, a class, or an existing provider.
   *
   * @example
   * CachexModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ connection: config.getOrThrow('REDIS_URL') }),
   * })
   * @example
   * CachexModule.forRootAsync(cachexConfig.asProvider())   // CACHEX_* variables
   */
  static override forRootAsync(options: CachexModuleAsyncOptions): DynamicModule {
    if (!isObject(options) || !(options.useFactory || options.useClass || options.useExisting)) {
      throw new ConfigError('CachexModule.forRootAsync needs useFactory, useClass or useExisting');
    }
    const definition = super.forRootAsync(options);
    const host = options.useClass ?? options.useExisting;
    if (!host || options.useFactory) return definition;
    const providers = definition.providers?.map((provider) => (makesOptions(provider) ? checked(provider) : provider));
    return { ...definition, ...(providers && { providers }) };
  }
}

const makesOptions = (provider: Provider): provider is FactoryProvider<CachexOptions> =>
  'useFactory' in provider && provider.provide === optionsToken;

/** Nest itself says of a class without the method that something is not a function. */
function checked(provider: FactoryProvider<CachexOptions>): FactoryProvider<CachexOptions> {
  return {
    ...provider,
    useFactory: (made: Partial<CachexOptionsFactory>) => {
      if (typeof made.createCachexOptions === 'function') return made.createCachexOptions();
      throw new ConfigError(
        `${made.constructor.name} makes no options of CachexModule: it has no createCachexOptions()`,
      );
    },
  };
}

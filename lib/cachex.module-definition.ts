import { ConfigurableModuleBuilder, type DynamicModule, type Provider } from '@nestjs/common';
import { cachexProviders } from './cachex.providers.js';
import { defaultName } from './cachex.tokens.js';
import { DecoratorsModule } from './decorators/decorators.module.js';
import { ConfigError } from './errors/index.js';
import type { CachexOptions } from './options/index.js';
import { hideSecrets } from './options/secrets.js';
import { StreamConsumersModule } from './streams/stream-consumers.module.js';
import { SubscribersModule } from './subscribers/subscribers.module.js';

/** Options of the module itself, beside those of the cache. @publicApi */
export interface CachexModuleExtras {
  /** Tells several instances apart; see `InjectCachex`. */
  name?: string;
  /** Whether other modules can inject the cache without importing this one (`true`). */
  isGlobal?: boolean;
  /** Providers that the options' factory needs and that no import exports. */
  extraProviders?: Provider[];
}

/** The token of the options, as they were given. */
export const optionsToken = 'CACHEX_MODULE_OPTIONS';

const extras: CachexModuleExtras = { name: undefined, isGlobal: true, extraProviders: undefined };

export const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<CachexOptions>({
  moduleName: 'Cachex',
  optionsInjectionToken: optionsToken,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createCachexOptions')
  .setExtras(extras, (definition, { name = defaultName, isGlobal = true, extraProviders = [] }): DynamicModule => {
    if (typeof name !== 'string' || name === '') throw new ConfigError('name must be a non-empty string, or left out');
    if (typeof isGlobal !== 'boolean') throw new ConfigError('isGlobal must be true or false, or left out');
    const { providers, exports } = cachexProviders(name, optionsToken);
    return {
      ...definition,
      global: isGlobal,
      imports: [...(definition.imports ?? []), DecoratorsModule, StreamConsumersModule, SubscribersModule],
      providers: [...(definition.providers ?? []).map(withoutSecrets), ...extraProviders, ...providers],
      exports,
    };
  })
  .build();

/** The options without secrets, because printing a module shows them. */
function withoutSecrets(provider: Provider): Provider {
  return 'useValue' in provider ? { ...provider, useValue: hideSecrets({ ...provider.useValue }) } : provider;
}

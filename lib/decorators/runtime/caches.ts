import { quoted } from '../../errors/quoted.js';
import { Logger } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { CachexService } from '../../cachex.service.js';
import { getCachexToken } from '../../cachex.tokens.js';
import { ConfigError } from '../../errors/index.js';
import { Outage } from '../../execution/outage.js';
import { members } from '../../nest/members.js';

/** The caches of one application, by their names in decorators. */
export class Caches {
  private readonly services = new Map<string | undefined, CachexService>();
  private readonly outages = new Map<string | undefined, Outage>();

  constructor(private readonly modules: ModulesContainer) {}

  /** @throws ConfigError while the application is starting */
  get(name: string | undefined): CachexService {
    const known = this.services.get(name);
    if (known) return known;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the token is that of a cache
    const service = this.find(name)?.instance as CachexService | null | undefined;
    if (!service) throw new ConfigError('A decorated method was called before the caches were created');
    this.services.set(name, service);
    return service;
  }

  /**
   * The cache for what runs from the start of the application; `undefined` where a test has put something else in its
   * place, which is logged.
   *
   * @throws ConfigError if `title`, a method, names an unknown cache
   */
  fromStart(name: string | undefined, title: string): CachexService | undefined {
    this.check(name, title);
    const service: unknown = this.get(name);
    if (service instanceof CachexService) return service.fromStart();
    new Logger('Cachex').warn(`${title} is never called: something else stands in the place of its cache`);
    return undefined;
  }

  /** The outage of a cache's server, as decorated methods have met it. */
  outage(name: string | undefined): Outage {
    let outage = this.outages.get(name);
    if (!outage) {
      const logger = new Logger(name === undefined ? 'Cachex' : `Cachex:${name}`);
      outage = new Outage({ ignoreExceptions: true, logIgnoredExceptions: true }, logger);
      this.outages.set(name, outage);
    }
    return outage;
  }

  /** @throws ConfigError if `what`, a decorator, names an unknown cache */
  check(name: string | undefined, what: string): void {
    if (this.find(name)) return;
    const known = name === undefined ? 'without a name' : `named ${quoted(name)}`;
    throw new ConfigError(`${what}: there is no cache ${known}; is CachexModule imported for it?`);
  }

  async close(): Promise<void> {
    const instances = Array.from(members(this.modules), ({ instance }) => instance as unknown);
    const services = instances.filter((instance) => instance instanceof CachexService);
    await Promise.all(services.map((service) => service.close()));
  }

  private find(name: string | undefined) {
    const token = getCachexToken(name);
    for (const { providers } of this.modules.values()) {
      const provider = providers.get(token);
      if (provider) return provider;
    }
    return undefined;
  }
}

/** The module that `nest add` writes; `extension` follows each relative path, as the kind of modules requires. */
export const moduleText = (name: string, extension: string): string => `import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { CachexModule } from 'nest-cachex';
import { CachexHealthModule } from 'nest-cachex/health';
import { CacheController } from './cache.controller${extension}';

@Module({
  imports: [
    CachexModule.forRoot({
      // Without a server, the embedded engine: each process has a cache of its own, which ends with it.
      connection: process.env.REDIS_URL ?? 'memory://',
      // Applications on one server need different ones.
      keyPrefix: '${name}',
      timeout: '5m',
    }),
    TerminusModule,
    CachexHealthModule,
  ],
  controllers: [CacheController],
})
export class CacheModule {}
`;

export const controllerText = `import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import { Cacheable } from 'nest-cachex';
import { CachexHealthIndicator } from 'nest-cachex/health';

@Controller()
export class CacheController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly cachex: CachexHealthIndicator,
  ) {}

  /** Gives the same instant for ten seconds, to all processes on one server. */
  @Cacheable({ timeout: '10s' })
  @Get('cached-time')
  async cachedTime(): Promise<{ now: Date }> {
    return { now: new Date() };
  }

  @HealthCheck()
  @Get('health')
  check() {
    return this.health.check([() => this.cachex.isHealthy('redis', { timeout: '500ms' })]);
  }
}
`;

import { Controller, Get } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import { CachexHealthIndicator } from 'nest-cachex/health';

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly cachex: CachexHealthIndicator,
  ) {}

  /** 200, or 503 while the servers behind the cache do not answer. */
  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check([() => this.cachex.isHealthy('redis')]);
  }
}

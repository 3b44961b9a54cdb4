import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { CachexHealthIndicator } from './cachex.health.js';

/**
 * Brings {@link CachexHealthIndicator} into a module that checks health.
 *
 * @publicApi
 * @example
 * @Module({ imports: [TerminusModule, CachexHealthModule], controllers: [HealthController] })
 * class HealthModule {}
 */
@Module({ imports: [TerminusModule], providers: [CachexHealthIndicator], exports: [CachexHealthIndicator] })
export class CachexHealthModule {}

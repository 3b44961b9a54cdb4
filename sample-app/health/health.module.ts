import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { CachexHealthModule } from 'nest-cachex/health';
import { HealthController } from './health.controller.js';

@Module({
  imports: [TerminusModule, CachexHealthModule],
  controllers: [HealthController],
})
export class HealthModule {}

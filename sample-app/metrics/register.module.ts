import { Module } from '@nestjs/common';
import { Registry } from 'prom-client';

/** The shop's own register: with prom-client's default there could be only one shop per process. */
@Module({ providers: [Registry], exports: [Registry] })
export class RegisterModule {}

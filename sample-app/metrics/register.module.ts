import { Module } from '@nestjs/common';
import { Registry } from 'prom-client';

/** The shop's own register: with that of prom-client there could be one shop in a process. */
@Module({ providers: [Registry], exports: [Registry] })
export class RegisterModule {}

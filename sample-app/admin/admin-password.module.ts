import { Module } from '@nestjs/common';
import { AdminPassword } from './admin-password.js';

/** A module of its own, as the guard of the admin page is made where that page is. */
@Module({ providers: [AdminPassword], exports: [AdminPassword] })
export class AdminPasswordModule {}

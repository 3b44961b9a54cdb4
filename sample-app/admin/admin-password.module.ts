import { Module } from '@nestjs/common';
import { AdminPassword } from './admin-password.js';

/** A separate module, because the admin page's own module creates its guard. */
@Module({ providers: [AdminPassword], exports: [AdminPassword] })
export class AdminPasswordModule {}

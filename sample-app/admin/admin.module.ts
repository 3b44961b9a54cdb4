import { Module } from '@nestjs/common';
import { CachexAdminModule } from 'nest-cachex/admin';
import { AdminPasswordModule } from './admin-password.module.js';
import { BasicAuthGuard } from './basic-auth.guard.js';

@Module({
  imports: [
    CachexAdminModule.forRoot({ path: 'admin/caches', guards: [BasicAuthGuard], imports: [AdminPasswordModule] }),
  ],
})
export class AdminModule {}

import { type DynamicModule, Module } from '@nestjs/common';
import { CachexModule, type CachexModuleOptions } from '../cachex.module.js';
import { CachexTesting } from './cachex-testing.js';
import { TestingPool } from './testing-pool.js';

/** What `CachexTestingModule.forRoot` takes. @publicApi */
export type CachexTestingOptions = Omit<CachexModuleOptions, 'connection'>;

/**
 * Replaces `CachexModule` in tests: the same service, on an embedded engine of its own, and a {@link CachexTesting} to
 * control it.
 *
 * @publicApi
 * @example
 * const module = await Test.createTestingModule({ imports: [CachexTestingModule.forRoot()], providers: [Users] }).compile();
 * const testing = module.get(CachexTesting);
 * testing.clock.advance('5m');
 */
@Module({})
export class CachexTestingModule {
  /**
   * A module with one cache, on an engine of its own.
   *
   * @example
   * const module = await Test.createTestingModule({ imports: [CachexTestingModule.forRoot()] }).compile();
   */
  static forRoot(options: CachexTestingOptions = {}): DynamicModule {
    const testing = new CachexTesting();
    const poolClass = class extends TestingPool {
      constructor() {
        super(testing.server);
      }
    };
    return {
      module: CachexTestingModule,
      global: options.isGlobal ?? true,
      imports: [CachexModule.forRoot({ ...options, connection: { type: 'memory', poolClass } })],
      providers: [{ provide: CachexTesting, useValue: testing }],
      exports: [CachexTesting],
    };
  }
}

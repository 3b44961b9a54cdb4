// One process of a fleet with differing clocks: a cron job every two seconds, and an interval of one second. Its clock
// is changed before anything else is loaded.
const [connection, keyPrefix, shift] = process.argv.slice(2);
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + Number(shift));
    else super(...given);
  }
  static now() {
    return RealDate.now() + Number(shift);
  }
};

await import('reflect-metadata');
const { Module } = await import('@nestjs/common');
const { NestFactory } = await import('@nestjs/core');
const { Cron, ScheduleModule } = await import('@nestjs/schedule');
const { CachexModule, CachexService, OncePerFleet } = await import('nest-cachex');

const every = 2000;
let redis;

class Jobs {
  async run() {
    const instant = Math.round(Date.now() / every) * every;
    await redis.rpush(`${keyPrefix}:runs`, `${instant}`);
    // Long enough to be killed meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
const descriptor = Object.getOwnPropertyDescriptor(Jobs.prototype, 'run');
OncePerFleet({ window: '1500ms' })(Jobs.prototype, 'run', descriptor);
Cron('*/2 * * * * *')(Jobs.prototype, 'run', descriptor);
Object.defineProperty(Jobs.prototype, 'run', descriptor);

class WorkerModule {}
Module({
  imports: [CachexModule.forRoot({ connection, keyPrefix }), ScheduleModule.forRoot()],
  providers: [Jobs],
})(WorkerModule);

const app = await NestFactory.createApplicationContext(WorkerModule, { logger: ['error', 'warn'] });
redis = app.get(CachexService).getClient();
await app.init();
process.send('ready');

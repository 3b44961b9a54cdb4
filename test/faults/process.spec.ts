import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { nobodysPorts } from '../servers/free-port.js';
import { startServer } from '../servers/server.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** An application that uses every background feature of the built package, and reports its state. */
const application = `
  import 'reflect-metadata';
  import { NestFactory } from '@nestjs/core';
  import { CachexModule, CachexService } from 'nest-cachex';

  const { port, connect } = JSON.parse(process.argv[1]);
  const connection = { host: '127.0.0.1', port, connect, connectTimeout: '300ms', commandTimeout: '1s' };
  class Root {}
  const app = await NestFactory.createApplicationContext(
    { module: Root, imports: [CachexModule.forRoot({ connection })] },
    { logger: false, abortOnError: false },
  ).catch((error) => { process.send(error.code); process.disconnect(); });

  if (app) {
    const cache = app.get(CachexService);
    let state;
    const tell = (next) => { if (next !== state) process.send(state = next); };
    let running = true;
    const forever = async (call) => {
      while (running) {
        await call().catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    const loops = [
      forever(() => cache.set('key', 1).then(() => tell('answered'), () => tell('away'))),
      forever(() => cache.pipeline().get('key').incr('count').execute()),
      forever(() => cache.pipeline({ transaction: true }).get('key').incr('count').execute()),
      forever(() => cache.keys()),
      forever(() => cache.blpop(['queue'], 0.2)),
      forever(() => cache.withLock('lock', { timeout: '100ms', autoExtend: true, blockingTimeout: 1 }, () => cache.get('key'))),
      forever(() => cache.lock('kept', { blocking: false }).acquire()),
    ];
    process.on('message', async () => {
      running = false;
      await app.close();
      await Promise.all(loops);
      process.disconnect();
    });
  }`;

class Application {
  private readonly printed: Promise<string>;
  /** Unlike the event of the exit, this one follows the last message. */
  private readonly closed: Promise<unknown>;
  private isClosed = false;
  private readonly said: unknown[] = [];

  private constructor(private readonly child: ChildProcess) {
    this.printed = text(child.stderr!);
    this.closed = once(child, 'close').finally(() => (this.isClosed = true));
    child.on('message', (message) => this.said.push(message));
  }

  static start(options: { port: number; connect?: 'eager' | 'background' }): Application {
    const args = ['--input-type=module', '-e', application, JSON.stringify(options)];
    return new Application(spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }));
  }

  /** Resolves when its last message is this one. */
  async says(message: string): Promise<void> {
    while (this.said.at(-1) !== message) {
      if (this.isClosed) throw new Error(`It said ${String(this.said.at(-1))}, and printed: ${await this.printed}`);
      await Promise.race([once(this.child, 'message'), this.closed]);
    }
  }

  stop(): void {
    this.child.send('stop');
  }

  /** Resolves with its standard error when it has ended by itself. */
  async end(): Promise<{ code: number | null; complaints: string }> {
    await this.closed;
    return { code: this.child.exitCode, complaints: await this.printed };
  }

  [Symbol.dispose](): void {
    this.child.kill('SIGKILL');
  }
}

const inOrder = { code: 0, complaints: '' };

describe('a process', { concurrent: true, timeout: 60_000 }, () => {
  it('survives Redis being killed and frozen, and ends cleanly', async () => {
    await using server = await startServer({ engine: 'redis' });
    using app = Application.start({ port: server.port });
    await app.says('answered');
    await server.kill();
    await app.says('away');
    await server.start();
    await app.says('answered');
    server.pause();
    await app.says('away');
    server.resume();
    await app.says('answered');
    app.stop();
    expect(await app.end()).toEqual(inOrder);
  });

  it('that is closed while Redis is killed ends cleanly', async () => {
    await using server = await startServer({ engine: 'redis' });
    using app = Application.start({ port: server.port });
    await app.says('answered');
    await server.kill();
    await app.says('away');
    app.stop();
    expect(await app.end()).toEqual(inOrder);
  });

  it('that is closed while Redis is frozen ends cleanly', async () => {
    await using server = await startServer({ engine: 'redis' });
    using app = Application.start({ port: server.port });
    await app.says('answered');
    server.pause();
    await app.says('away');
    app.stop();
    expect(await app.end()).toEqual(inOrder);
  });

  it('starts without Redis, and uses it when it is there', async () => {
    await using server = await startServer({ engine: 'redis' });
    await server.kill();
    using app = Application.start({ port: server.port });
    await app.says('away');
    await server.start();
    await app.says('answered');
    app.stop();
    expect(await app.end()).toEqual(inOrder);
  });

  it('that must wait for Redis at its start fails without it, and ends', async () => {
    using app = Application.start({ port: nobodysPorts[0], connect: 'eager' });
    await app.says('CACHEX_CONNECTION');
    expect(await app.end()).toEqual(inOrder);
  });
});

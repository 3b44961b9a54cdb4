import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adminCommand } from './admin-command.js';
import { type Engine, serverBinary } from './engine.js';
import { freePort, host } from './free-port.js';
import { GuardedFolder } from './guarded-folder.js';
import { type ServerOptions, serverConfig, unixSocketPath } from './server-config.js';
import { ServerProcess } from './server-process.js';

const ready = /Ready to accept connections|Sentinel ID is/;
const portTaken = /Address already in use|Failed listening on port/;
const startAttempts = 5;

/** A Redis or Valkey server in its own folder in the system's temporary folder. */
export class RedisServer implements AsyncDisposable {
  readonly engine: Engine;
  readonly host = host;
  readonly unixSocket: string | undefined;
  #process: ServerProcess | undefined;
  #isPaused = false;

  constructor(
    private readonly options: ServerOptions,
    readonly port: number,
    private readonly guardedFolder: GuardedFolder,
  ) {
    this.engine = options.engine;
    this.unixSocket = options.unixSocket ? unixSocketPath(this.folder) : undefined;
  }

  /** Holds its configuration, its socket and its data. */
  get folder(): string {
    return this.guardedFolder.path;
  }

  /** `redis://` or `rediss://`, with the default user's password. */
  get url(): string {
    const { password, tls } = this.options;
    const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
    return `${tls ? 'rediss' : 'redis'}://${credentials}${host}:${this.port}`;
  }

  get isRunning(): boolean {
    return this.#process?.isRunning ?? false;
  }

  /** Whether it runs and is not paused. */
  get isAnswering(): boolean {
    return this.isRunning && !this.#isPaused;
  }

  get pid(): number {
    return this.running.pid;
  }

  /** The end of the server's log. */
  get output(): string {
    return this.#process?.output ?? '';
  }

  /**
   * Sends one command as an administrator; returns the reply as redis-cli prints it into a pipe. Rejects with the
   * server's error.
   */
  cli(...args: string[]): Promise<string> {
    const { tls } = this.options;
    const certificates = tls && { ca: tls.ca.cert, cert: tls.client.cert, key: tls.client.key };
    return adminCommand({ host, port: this.port, ...(certificates && { tls: certificates }) }, args);
  }

  /** Starts the program; `startServer` calls it. */
  async start(): Promise<void> {
    const file = join(this.folder, 'redis.conf');
    // Not written again at a restart: the server may have rewritten it, as a Sentinel does.
    if (!this.#process) await writeFile(file, serverConfig(this.options, this.port, this.folder));
    const args = this.options.sentinel ? [file, '--sentinel'] : [file];
    this.#isPaused = false;
    this.#process = await ServerProcess.start(serverBinary(this.engine), args, this.guardedFolder, ready);
    await this.cli('PING');
  }

  /** SIGKILL, as `kill -9`; resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#process?.signal('SIGKILL');
    await this.#process?.exited;
  }

  /** SIGSTOP: connections stay open, but nothing is answered until `resume`. */
  pause(): void {
    this.running.signal('SIGSTOP');
    this.#isPaused = true;
  }

  /** SIGCONT. */
  resume(): void {
    this.running.signal('SIGCONT');
    this.#isPaused = false;
  }

  /** Shuts the server down if it runs, then starts it with the same port, folder and configuration. */
  async restart(): Promise<void> {
    if (this.isRunning) {
      this.running.signal('SIGTERM');
      this.resume();
      await this.running.exited;
    }
    await this.start();
  }

  /** Ends the server and removes its folder. */
  async stop(): Promise<void> {
    await this.kill();
    await this.guardedFolder.remove();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private get running(): ServerProcess {
    if (!this.#process?.isRunning) throw new Error(`The ${this.engine} server on port ${this.port} is not running`);
    return this.#process;
  }
}

/**
 * Starts a server on a free port of 127.0.0.1, with persistence off.
 *
 * @example
 * await using server = await startServer({ engine: 'valkey', password: 'secret' });
 */
export async function startServer(options: ServerOptions): Promise<RedisServer> {
  for (let attempt = 1; ; attempt++) {
    const server = new RedisServer(options, await freePort(), await GuardedFolder.create('cachex-server-'));
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.stop();
      if (attempt === startAttempts || !portTaken.test((error as Error).message)) throw error;
    }
  }
}

import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import { Controller, Get, type INestApplication, Param, Req } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import session from 'express-session';
import { CachexService } from '../../lib/index.js';
import { CachexSessionStore } from '../../lib/session/index.js';

/** The part of a session that both packages share. */
interface ShopSession {
  user?: string;
  visits?: number;
  cookie: { maxAge?: number | null; originalMaxAge: number | null };
  save(done: (error?: unknown) => void): void;
  destroy(done: (error?: unknown) => void): void;
  regenerate(done: (error?: unknown) => void): void;
}

interface ShopRequest {
  session: ShopSession;
}

const done = (run: (callback: (error?: unknown) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => run((error) => (error ? reject(error as Error) : resolve())));

@Controller()
export class ShopController {
  /** Requests that have read their session, and wait. */
  readonly waiting: (() => void)[] = [];

  @Get('login/:user')
  async login(@Req() request: ShopRequest, @Param('user') user: string): Promise<object> {
    await done((callback) => request.session.regenerate(callback));
    request.session.user = user;
    return { user };
  }

  @Get('me')
  me(@Req() { session: { user, visits } }: ShopRequest): object {
    return { user: user ?? null, visits: visits ?? 0 };
  }

  @Get('visit')
  visit(@Req() { session: current }: ShopRequest): object {
    current.visits = (current.visits ?? 0) + 1;
    return { visits: current.visits };
  }

  @Get('slow')
  async slow(@Req() { session: current }: ShopRequest): Promise<object> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    current.visits = 1000;
    return {};
  }

  /** Only reads: the session is touched at the end. */
  @Get('slow-read')
  async slowRead(@Req() { session: current }: ShopRequest): Promise<object> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    return { user: current.user ?? null };
  }

  @Get('logout')
  async logout(@Req() request: ShopRequest): Promise<object> {
    await done((callback) => request.session.destroy(callback));
    return {};
  }
}

export interface SessionOptions {
  readonly maxAge?: number;
  readonly rolling?: boolean;
  readonly resave?: boolean;
}

const secret = 'a secret of more than thirty-two letters';

/** Adds sessions in its cache to an application. */
export const withSessions =
  (platform: 'express' | 'fastify', { maxAge, rolling = false, resave = false }: SessionOptions = {}) =>
  (app: INestApplication): void => {
    const store = new CachexSessionStore(app.get(CachexService));
    const cookie = { secure: false, maxAge };
    if (platform === 'express') {
      (app as NestExpressApplication).use(
        session({ secret, store, rolling, resave, saveUninitialized: false, cookie }),
      );
      return;
    }
    const fastify = app as NestFastifyApplication;
    void fastify.register(fastifyCookie);
    void fastify.register(fastifySession, { secret, store, rolling, saveUninitialized: false, cookie });
  };

import { randomBytes } from 'node:crypto';
import session from 'express-session';
import type { CachexService } from 'nest-cachex';
import { CachexSessionStore } from 'nest-cachex/session';

/** All processes of a shop need the same one: `SESSION_SECRET`. A new one at each start logs everybody out. */
const secret = process.env.SESSION_SECRET || randomBytes(32).toString('base64url');

/** A visit ends half an hour after the last request, like a cart after its last change. */
const maxAge = 30 * 60_000;

/** A middleware: sessions in Redis, which every process of the shop can use. */
export const sessionsIn = (cache: CachexService): ReturnType<typeof session> =>
  session({
    name: 'shop',
    secret,
    store: new CachexSessionStore(cache),
    cookie: { maxAge, httpOnly: true, sameSite: 'lax', secure: 'auto' },
    rolling: true,
    resave: false,
    saveUninitialized: false,
  });

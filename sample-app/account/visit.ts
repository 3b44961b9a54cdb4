import { promisify } from 'node:util';
import type { Session } from 'express-session';

/** What the shop knows of a visitor, in a session. */
export interface Visitor {
  /** Whose lines are under a key of their own: of two requests that change a session at once, one would be lost. */
  cartId?: string;
  /** Who has logged in. */
  customer?: string;
}

export interface Visit {
  session: Session & Visitor;
}

/** Under a new id, as somebody else may have planted the old one. The cart goes along. */
export async function logIn(visit: Visit, customer: string): Promise<void> {
  const { cartId } = visit.session;
  await promisify<void>((done) => visit.session.regenerate(done))();
  Object.assign(visit.session, { cartId, customer } satisfies Visitor);
}

export async function logOut({ session }: Visit): Promise<void> {
  await promisify<void>((done) => session.destroy(done))();
}

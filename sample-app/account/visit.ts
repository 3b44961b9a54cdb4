import { promisify } from 'node:util';
import type { Session } from 'express-session';

/** The session of a visitor. */
export interface Visitor {
  /** Its lines are under their own key: of two requests that change a session at once, one would be lost. */
  cartId?: string;
  /** The customer, after a login. */
  customer?: string;
}

export interface Visit {
  session: Session & Visitor;
}

/** With a new id, because somebody else may have planted the old one. The cart stays. */
export async function logIn(visit: Visit, customer: string): Promise<void> {
  const { cartId } = visit.session;
  await promisify<void>((done) => visit.session.regenerate(done))();
  Object.assign(visit.session, { cartId, customer } satisfies Visitor);
}

export async function logOut({ session }: Visit): Promise<void> {
  await promisify<void>((done) => session.destroy(done))();
}

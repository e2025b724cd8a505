// Who is using the page, and what they may do.
import { api, ApiError, useCsrf, whenSignedOut, type Door, type Me, type Role } from './api';

const ORDER: Role[] = ['viewer', 'operator', 'admin'];

/** stage: `looking` until the box answered once; `unreached` when it did not. */
export const session = $state<{ stage: 'looking' | 'unreached' | 'door' | 'inside'; door: Door | null; me: Me | null }>({
  stage: 'looking',
  door: null,
  me: null,
});

/** Whether this person's role allows what this role allows. Reactive. */
export function may(role: Role): boolean {
  return session.me !== null && ORDER.indexOf(session.me.role) >= ORDER.indexOf(role);
}

/** Somebody came in. */
export function enter(me: Me): void {
  useCsrf(me.csrf);
  session.me = me;
  session.stage = 'inside';
}

/** Nobody is signed in any more. */
export function leave(): void {
  useCsrf('');
  session.me = null;
  if (session.stage === 'inside') void start();
}

/** Ask the box who this is. */
export async function start(): Promise<void> {
  try {
    // Asked together: who waits for the page waits for one answer.
    const [door, me] = await Promise.allSettled([api.door({ timeoutS: 8 }), api.me({ timeoutS: 8 })]);
    if (door.status === 'rejected') throw door.reason;
    session.door = door.value;
    if (me.status === 'rejected') throw me.reason;
    enter(me.value);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) session.stage = 'door';
    else if (session.stage !== 'inside') session.stage = 'unreached';
  }
}

/** Sign out here. */
export async function signOut(): Promise<void> {
  await api.signOut();
  session.door = await api.door();
  useCsrf('');
  session.me = null;
  session.stage = 'door';
}

whenSignedOut(() => {
  if (session.stage === 'inside') leave();
});

/** Who is signed in, and what they may do. */
import { get, post, Problem, remove } from '../api/client';
import type { Action, Me } from '../api/types';

let me = $state.raw<Me | null>(null);
let known = $state(false);

export const session = {
  get me(): Me | null {
    return me;
  },
  /** False until the server has said who this is. */
  get known(): boolean {
    return known;
  },
};

export function may(action: Action): boolean {
  return me?.may.includes(action) ?? false;
}

export async function loadSession(): Promise<void> {
  try {
    me = await get<Me>('/auth/me');
  } catch (error) {
    if (!(error instanceof Problem) || error.lost) throw error;
    me = null;
  }
  known = true;
}

export async function signIn(name: string, password: string): Promise<void> {
  await post('/auth/session', { name, password });
  await loadSession();
}

export async function signOut(): Promise<void> {
  await remove('/auth/session');
  forgetSession();
}

/** The server knows this page no more: what is shown stays until somebody signs in again. */
export function forgetSession(): void {
  me = null;
  known = true;
}

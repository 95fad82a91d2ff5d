/** One way to ask the server: JSON in and out, problems as errors, the line told of what it saw. */
import type { ProblemBody } from './types';

/** Longer than that and the page says that the line is slow. */
export const SLOW_MS = 4000;

/** Something that the server, or the line to it, refused. */
export class Problem extends Error {
  constructor(
    /** HTTP status; 0 where no answer came. */
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    /** Seconds to wait, where the server said so. */
    readonly retryAfter: number | null,
    readonly body: ProblemBody | null,
  ) {
    super(detail || title);
    this.name = 'Problem';
  }

  /** Whether it was the line, not the request: asking again may help. */
  get lost(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 504;
  }
}

type Listener = {
  /** An answer came, of whatever status. */
  reached(): void;
  /** No answer came. */
  lost(): void;
  /** An answer is late, or the late one has come. */
  slow(late: boolean): void;
  /** Who asked is signed in no more. */
  signedOut(): void;
};

let listener: Listener | null = null;

/** Who is told of the line; one for the page. */
export function listenToLine(who: Listener): void {
  listener = who;
}

export type Options = { body?: unknown; signal?: AbortSignal };

/** Ask; the answer's JSON, or `undefined` where it has none. */
export async function ask<T>(method: string, path: string, options: Options = {}): Promise<T> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    listener?.slow(true);
  }, SLOW_MS);
  let response: Response;
  try {
    const init: RequestInit = { method, credentials: 'same-origin', headers: { accept: 'application/json' } };
    if (options.signal) init.signal = options.signal;
    if (options.body !== undefined) {
      init.headers = { ...init.headers, 'content-type': 'application/json' };
      init.body = JSON.stringify(options.body);
    }
    response = await fetch(path, init);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    listener?.lost();
    throw new Problem(0, 'no answer', '', null, null);
  } finally {
    clearTimeout(timer);
    if (late) listener?.slow(false);
  }
  if (response.status < 502 || response.status > 504) listener?.reached();
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  if (response.status === 401 && !path.startsWith('/auth/session')) listener?.signedOut();
  throw await problemOf(response);
}

async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => null)) as ProblemBody | null;
  const wait = Number(response.headers.get('retry-after') ?? NaN);
  return new Problem(
    response.status,
    body?.title ?? response.statusText,
    body?.detail ?? '',
    Number.isFinite(wait) ? wait : null,
    body,
  );
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> =>
  ask<T>('GET', path, signal ? { signal } : {});
export const post = <T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> =>
  ask<T>('POST', path, { body, ...(signal ? { signal } : {}) });
export const patch = <T>(path: string, body: unknown): Promise<T> => ask<T>('PATCH', path, { body });
export const remove = <T = void>(path: string): Promise<T> => ask<T>('DELETE', path);

/** A path with its query, empty values left out. */
export function withQuery(path: string, query: Record<string, string | number | undefined>): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') asked.set(name, String(value));
  }
  const text = asked.toString();
  return text ? `${path}?${text}` : path;
}

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ask, listenToLine, Problem, SLOW_MS, withQuery } from './client';

const line = { reached: vi.fn(), lost: vi.fn(), slow: vi.fn(), signedOut: vi.fn() };
const answers = (response: Response | Error): void => {
  vi.stubGlobal('fetch', () =>
    response instanceof Error ? Promise.reject(response) : Promise.resolve(response),
  );
};

beforeEach(() => listenToLine(line));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.clearAllMocks();
  vi.useRealTimers();
});

describe('asking', () => {
  it('gives the JSON, or nothing for 204', async () => {
    answers(Response.json({ a: 1 }));
    expect(await ask('GET', '/x')).toEqual({ a: 1 });
    answers(new Response(null, { status: 204 }));
    expect(await ask('DELETE', '/x')).toBeUndefined();
    expect(line.reached).toHaveBeenCalledTimes(2);
  });
  it('makes a problem of a refusal, with what the server said', async () => {
    answers(
      Response.json({ title: 'too many', detail: 'wait' }, { status: 429, headers: { 'retry-after': '30' } }),
    );
    await expect(ask('GET', '/x')).rejects.toMatchObject({
      status: 429,
      message: 'wait',
      retryAfter: 30,
      lost: false,
    });
  });
  it('tells a lost line from a refusal', async () => {
    answers(new TypeError('network'));
    const error = await ask('GET', '/x').catch((one: unknown) => one);
    expect(error).toBeInstanceOf(Problem);
    expect((error as Problem).lost).toBe(true);
    expect(line.lost).toHaveBeenCalledOnce();
  });
  it('says that the session has ended, but not of a wrong password', async () => {
    answers(Response.json({}, { status: 401 }));
    await ask('POST', '/auth/session').catch(() => undefined);
    expect(line.signedOut).not.toHaveBeenCalled();
    answers(Response.json({}, { status: 401 }));
    await ask('GET', '/now').catch(() => undefined);
    expect(line.signedOut).toHaveBeenCalledOnce();
  });
  it('says that an answer is late, and that it has come', async () => {
    vi.useFakeTimers();
    let come: (response: Response) => void = () => undefined;
    vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => (come = resolve)));
    const asked = ask('GET', '/x');
    vi.advanceTimersByTime(SLOW_MS + 1);
    expect(line.slow.mock.calls).toEqual([[true]]);
    come(Response.json({}));
    await asked;
    expect(line.slow.mock.calls).toEqual([[true], [false]]);
  });
});

it('writes queries, empty values left out', () => {
  expect(withQuery('/a', { q: 'x y', n: 2, none: undefined, empty: '' })).toBe('/a?q=x+y&n=2');
  expect(withQuery('/a', {})).toBe('/a');
});

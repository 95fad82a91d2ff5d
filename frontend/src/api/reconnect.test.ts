import { describe, expect, it } from 'vitest';
import { backoff, next, type Line } from './reconnect';

describe('backoff', () => {
  it('grows to half a minute and no further', () => {
    expect([0, 1, 2, 3].map((tries) => backoff(tries, 1))).toEqual([1000, 2000, 4000, 8000]);
    expect(backoff(40, 1)).toBe(30_000);
  });
  it('spreads the pages that come back', () => {
    expect(backoff(3, 0)).toBe(4000);
    expect(backoff(3, 0.5)).toBe(6000);
  });
});

describe('the line', () => {
  const up: Line = { state: 'connected', oldSince: null };
  it('remembers since when it is lost, however often it fails', () => {
    const lost = next(up, 'down', 5);
    expect(lost).toEqual({ state: 'reconnecting', oldSince: 5 });
    expect(next(lost, 'down', 9)).toEqual(lost);
    expect(next(lost, 'up', 12)).toEqual(up);
  });
  it('is not slow while it is lost, and not back because one request was answered', () => {
    const lost = next(up, 'down', 5);
    expect(next(lost, 'late', 6)).toEqual(lost);
    expect(next(lost, 'answered', 7)).toEqual(lost);
    expect(next(next(up, 'late', 1), 'answered', 2)).toEqual(up);
  });
  it('says that the server was restarted, until that has been read', () => {
    const restarted = next(up, 'reload', 1);
    expect(restarted.state).toBe('restarted');
    expect(next(restarted, 'settled', 2).state).toBe('connected');
  });
});

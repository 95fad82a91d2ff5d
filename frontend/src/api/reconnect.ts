/** When to try again, and what the page says of its line: plain functions, without clock or network. */

const FIRST_MS = 1000;
const MOST_MS = 30_000;

/**
 * How long to wait before a try.
 *
 * @param tries how many failed in a row
 * @param chance 0–1; spreads pages that lost the same server, so that they do not come back at once
 */
export function backoff(tries: number, chance: number): number {
  const full = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(tries, 10));
  return full / 2 + (full / 2) * chance;
}

export type LineState = 'connecting' | 'connected' | 'slow' | 'reconnecting' | 'restarted';
export type Line = {
  state: LineState;
  /** Since when the page is without news, epoch ms; null while it has them. */
  oldSince: number | null;
};
export type LineEvent = 'up' | 'down' | 'reload' | 'late' | 'answered' | 'settled';

/** What the page says of its line after something happened. */
export function next(line: Line, event: LineEvent, now: number): Line {
  switch (event) {
    case 'up':
      return { state: 'connected', oldSince: null };
    case 'down':
      return { state: 'reconnecting', oldSince: line.oldSince ?? now };
    case 'reload':
      return { state: 'restarted', oldSince: null };
    case 'late':
      return line.state === 'connected' ? { ...line, state: 'slow' } : line;
    case 'answered':
      return line.state === 'slow' ? { ...line, state: 'connected' } : line;
    case 'settled':
      return line.state === 'restarted' ? { ...line, state: 'connected' } : line;
  }
}

/** How the line to the server is; one for the page. */
import { listenToLine } from '../api/client';
import { next, type Line, type LineEvent } from '../api/reconnect';
import { forgetSession } from './session.svelte';

let current = $state.raw<Line>({ state: 'connecting', oldSince: null });
const SETTLES_MS = 10_000;

export const line = {
  get now(): Line {
    return current;
  },
};

export function lineEvent(event: LineEvent): void {
  current = next(current, event, Date.now());
  if (event === 'reload') setTimeout(() => lineEvent('settled'), SETTLES_MS);
}

listenToLine({
  // that a request was answered does not mean that events come again: those say so themselves
  reached: () => lineEvent('answered'),
  lost: () => lineEvent('down'),
  slow: (late) => lineEvent(late ? 'late' : 'answered'),
  signedOut: forgetSession,
});

/** Short messages, most of them with an undo; and what screen readers are told of changes. */
import { t } from '../text/words.svelte';

export type Toast = { id: number; text: string; kind: 'done' | 'error'; undo: (() => unknown) | null };

const STAYS_MS = 8000;
let items = $state<Toast[]>([]);
let spoken = $state('');
let number = 0;

export const toasts = {
  get items(): Toast[] {
    return items;
  },
  get spoken(): string {
    return spoken;
  },
};

/** Say what was done. With `undo` the message stays twice as long. */
export function say(text: string, undo: (() => unknown) | null = null): void {
  show(text, 'done', undo);
}

/** Say what went wrong. */
export function complain(text: string): void {
  show(text, 'error', null);
}

/** Tell screen readers of a change, politely; nobody sees it. */
export function announce(text: string): void {
  // the same text twice is no change to a live region: a no-break space makes it one
  spoken = text === spoken ? `${text}\u00a0` : text;
}

export function dismiss(id: number): void {
  items = items.filter((one) => one.id !== id);
}

/** Undo what a message tells of. */
export async function undo(toast: Toast): Promise<void> {
  dismiss(toast.id);
  await toast.undo?.();
  announce(t('undone'));
}

function show(text: string, kind: Toast['kind'], back: Toast['undo']): void {
  const id = ++number;
  items = [...items.slice(-3), { id, text, kind, undo: back }];
  setTimeout(() => dismiss(id), back || kind === 'error' ? 2 * STAYS_MS : STAYS_MS);
}

/** A notice that is being written: what is missing, and what the server is sent. */
import type { NoticeKind } from './types';
import { fromLocal } from './zoned';

export type Wish = {
  kind: NoticeKind;
  title: Record<string, string>;
  text: Record<string, string>;
  services: string[];
  changes: string[];
  /** The alert that this one replaces; empty for none. */
  updates: string;
  /** As `<input type="datetime-local">` holds them. */
  from: string;
  to: string;
};
export type Missing = 'text' | 'half' | 'times' | 'order' | 'long' | 'past' | 'far';

/** The server's limits; see `kopa.api.page.notices`. */
export const DAYS = 60;
export const TITLE = 120;
export const TEXT = 2000;
const DAY_S = 86_400;

const written = (texts: Record<string, string>, language: string): boolean =>
  (texts[language] ?? '').trim() !== '';

/** Languages in which title and text are both written. */
export function wholeIn(wish: Wish, languages: readonly string[]): string[] {
  return languages.filter((one) => written(wish.title, one) && written(wish.text, one));
}

/** Languages in which only one of the two is. */
export function halfIn(wish: Wish, languages: readonly string[]): string[] {
  return languages.filter((one) => written(wish.title, one) !== written(wish.text, one));
}

export function missingIn(wish: Wish, languages: readonly string[], zone: string, now: number): Missing[] {
  const found: Missing[] = [];
  if (halfIn(wish, languages).length > 0) found.push('half');
  else if (wholeIn(wish, languages).length === 0) found.push('text');
  const [from, to] = [fromLocal(wish.from, zone), fromLocal(wish.to, zone)];
  if (from === null || to === null) found.push('times');
  else if (to <= from) found.push('order');
  else if (to - from > DAYS * DAY_S) found.push('long');
  else if (to < now) found.push('past');
  else if (from > now + DAYS * DAY_S) found.push('far');
  return found;
}

/** Only languages that are whole are sent: half a notice is none. */
export function bodyOf(wish: Wish, languages: readonly string[], zone: string): Record<string, unknown> {
  const whole = wholeIn(wish, languages);
  const pick = (texts: Record<string, string>): Record<string, string> =>
    Object.fromEntries(whole.map((one) => [one, (texts[one] ?? '').trim()]));
  const { kind, services, changes, updates } = wish;
  const [from, to] = [fromLocal(wish.from, zone), fromLocal(wish.to, zone)];
  return { kind, title: pick(wish.title), text: pick(wish.text), services, changes, updates, from, to };
}

/** Hours that the model is asked for: those of the notice, within a day, as the server does. */
export function hoursOf(wish: Wish, zone: string): number {
  const [from, to] = [fromLocal(wish.from, zone), fromLocal(wish.to, zone)];
  if (from === null || to === null || to <= from) return 24;
  return Math.min(24, Math.max(1, Math.ceil((to - from) / 3600)));
}

/** How often something happens, in words. */
import { show } from '../../stores/format.svelte';
import { t } from '../../text/words.svelte';
import type { RangeText } from './ranges';

/** Times a year that are offered. */
export const RARITIES = [0.02, 0.1, 1];
/** A guess of how often is good to about this factor either way. */
const LOOSE = 2;

/** A guess with its range, as the reader's language writes it. */
export function rarityText(mid: number): RangeText {
  return { low: show.number(mid / LOOSE), mid: show.number(mid), high: show.number(mid * LOOSE) };
}

/** Once in 12 years; 3 times a year. */
export function oftenText(times: number): string {
  if (times <= 0) return t('decide-never');
  if (times >= 0.95) {
    const count = Math.round(times * 10) / 10;
    return t('decide-times', { count, shown: show.number(count) });
  }
  const years = 1 / times;
  const count = years >= 10 ? Math.round(years) : Math.round(years * 10) / 10;
  return t('decide-once-in', { count, shown: show.number(count) });
}

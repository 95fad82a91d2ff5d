/** Ranges: as people write them, and as they lie on a bar. */
import type { Range } from '../../api/types';

export type RangeText = { low: string; mid: string; high: string };
export const BLANK: RangeText = { low: '', mid: '', high: '' };

/** `12,500`: with commas only where thousands end. */
const GROUPED = /^\d{1,3}(,\d{3})+(\.\d+)?$/;

/** A number as the reader's language writes it: `12 500,5` or `12,500.5`; NaN for anything else. */
export function readNumber(text: string, locale: string): number {
  const parts = new Intl.NumberFormat(locale).formatToParts(1.5);
  const decimal = parts.find((one) => one.type === 'decimal')?.value ?? '.';
  const bare = text.replaceAll(/[\s\u00a0\u202f'’]/g, '');
  // `0,02` can only mean one thing, whichever language the page was in when it was written
  const plain = decimal !== ',' && GROUPED.test(bare) ? bare.replaceAll(',', '') : bare.replace(',', '.');
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
}

/**
 * What three fields say: nothing (null), a range, or `wrong`.
 *
 * One value alone is known without range; of two ends the middle lies between.
 */
export function readRange(text: RangeText, locale: string): Range | null | 'wrong' {
  const [low, mid, high] = [text.low, text.mid, text.high].map((one) =>
    one.trim() === '' ? null : readNumber(one, locale),
  ) as [number | null, number | null, number | null];
  const given = [low, mid, high].filter((one) => one !== null);
  if (given.length === 0) return null;
  if (given.some((one) => Number.isNaN(one))) return 'wrong';
  const middle = mid ?? (low !== null && high !== null ? (low + high) / 2 : (low ?? high ?? 0));
  const found = { low: low ?? middle, mid: middle, high: high ?? middle };
  return found.low <= found.mid && found.mid <= found.high ? found : 'wrong';
}

export type Extent = { from: number; to: number };

/** The scale that bars share: from the lowest to the highest end, zero always on it. */
export function extentOf(ranges: readonly (Range | null)[]): Extent {
  const known = ranges.filter((one) => one !== null);
  const from = Math.min(0, ...known.map((one) => one.low));
  const to = Math.max(0, ...known.map((one) => one.high));
  return from === to ? { from: 0, to: 1 } : { from, to };
}

/** Percent of the bar's width. */
export function placeOn(extent: Extent, value: number): number {
  return (100 * (value - extent.from)) / (extent.to - extent.from);
}

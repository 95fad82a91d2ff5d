/** Where totals lie on their bars: bars of one unit share a scale, so that they may be compared. */
import type { Lens, Range, Total } from './api/types';

export const LENSES: Lens[] = ['people', 'environment', 'money'];

/** The greatest end of any range, by unit. */
export function mostBy(totals: readonly Total[]): Map<string, number> {
  const most = new Map<string, number>();
  for (const { unit, low, high } of totals) {
    most.set(unit, Math.max(most.get(unit) ?? 0, Math.abs(low), Math.abs(high)));
  }
  return most;
}

/** Percent of the bar's width; gains are drawn as far as losses. */
export function placed(total: Range, most: number): Range {
  const ends = [total.low, total.mid, total.high].map((value) =>
    most > 0 ? (Math.abs(value) / most) * 100 : 0,
  );
  const [low = 0, mid = 0, high = 0] = ends;
  return { low: Math.min(low, high), mid, high: Math.max(low, high) };
}

/** Whether a range says more than its middle does, to the reader. */
export function isWide({ low, mid, high }: Range): boolean {
  return high - low > Math.abs(mid) * 0.01;
}

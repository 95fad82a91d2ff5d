/** Measured values as feature states: which series is drawn, and how a value becomes a shade. */
import type { DomainInfo, SeriesPage } from '../api/types';

/** What is off is 0; anything else that is drawn lies above this, however low its value is. */
const LEAST = 0.1;

export type OnMap = ReadonlyMap<string, SeriesPage>;

/** Series that are drawn, by `domain quantity`. */
export function seriesOnMap(domains: DomainInfo[]): OnMap {
  const all = new Map<string, SeriesPage>();
  for (const { name, page } of domains) {
    for (const [quantity, series] of Object.entries(page.series)) {
      if (series.on_map) all.set(`${name} ${quantity}`, series);
    }
  }
  return all;
}

/** A value's shade: 0 off, else 0.1–1 from its low to its high; null where it is not drawn. */
export function shade(onMap: OnMap, asset: string, quantity: string, value: number): number | null {
  const series = onMap.get(`${asset.slice(0, asset.indexOf(':'))} ${quantity}`);
  if (!series) return null;
  if (series.flag) return Number(value >= 0.5) === (series.off ?? 0) ? 0 : 1;
  const { low = 0, high = 1 } = series;
  const share = high > low ? (value - low) / (high - low) : 1;
  // hundredths: a value that hardly moves is no change to the map
  return LEAST + (1 - LEAST) * (Math.round(Math.min(1, Math.max(0, share)) * 100) / 100);
}

/** Several series of one asset share its shade: off wins, then what was told last. */
export function shades(
  onMap: OnMap,
  rows: Iterable<{ asset: string; quantity: string; value: number }>,
): Map<string, number> {
  const all = new Map<string, number>();
  for (const { asset, quantity, value } of rows) {
    const found = shade(onMap, asset, quantity, value);
    if (found !== null && all.get(asset) !== 0) all.set(asset, found);
  }
  return all;
}

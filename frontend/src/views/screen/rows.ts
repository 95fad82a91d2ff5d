/** Rows of a screen: which to show, in which order, and how heavy they are on the map. */
import type { FeatureCollection } from 'geojson';
import type { ScreenRow } from './types';

/** Less than one doubling of place is no surprise. */
export const SURPRISING = 1;

export const isKnown = (row: ScreenRow): boolean => row.status !== 'unknown';

/** What only the whole city shows: assets that hurt people far more than their own domain would say. */
export function surprises(rows: readonly ScreenRow[]): ScreenRow[] {
  return rows
    .filter((row) => isKnown(row) && row.surprise >= SURPRISING && (row.people ?? 0) > 0)
    .toSorted((a, b) => b.surprise - a.surprise || (b.people ?? 0) - (a.people ?? 0));
}

export const unknowns = (rows: readonly ScreenRow[]): ScreenRow[] => rows.filter((row) => !isKnown(row));

/** Services that any row loses, the most lost first: each is a column. */
export function servicesIn(rows: readonly ScreenRow[]): string[] {
  const hours = new Map<string, number>();
  for (const row of rows) {
    for (const [service, lost] of Object.entries(row.services)) {
      hours.set(service, (hours.get(service) ?? 0) + lost);
    }
  }
  return [...hours].toSorted((a, b) => b[1] - a[1]).map(([service]) => service);
}

/** A row's services, the most lost first. */
export function lostBy(row: ScreenRow): [service: string, hours: number][] {
  return Object.entries(row.services)
    .filter(([, hours]) => hours > 0)
    .toSorted((a, b) => b[1] - a[1]);
}

export type Weigh = 'rank' | 'surprise';

/** 0–1 by asset: the first place weighs 1, each doubling of place as much less as the one before. */
export function weights(rows: readonly ScreenRow[], by: Weigh): Map<string, number> {
  const found = new Map<string, number>();
  const most = Math.max(0, ...rows.map((row) => (by === 'rank' ? (row.rank.people ?? 1) : row.surprise)));
  for (const row of rows) {
    if (!isKnown(row) || !row.people) continue;
    const weight =
      by === 'surprise'
        ? row.surprise / Math.max(most, SURPRISING)
        : 1 - Math.log2(row.rank.people ?? 1) / Math.log2(Math.max(2, most) + 1);
    if (weight > 0) found.set(row.asset, weight);
  }
  return found;
}

/** So many are marked on the map itself: the others are points alone, or nothing would stand out. */
export const MARKED = 60;

/** Weights as `MapView` takes them: it draws the root of a value's share of the greatest. */
export function affectedBy(found: ReadonlyMap<string, number>, most = MARKED): Record<string, number> {
  const first = [...found].toSorted((a, b) => b[1] - a[1]).slice(0, most);
  return Object.fromEntries(first.map(([asset, weight]) => [asset, 1000 * weight * weight]));
}

/** Where they lie, for the far view. */
export function pointsOf(rows: readonly ScreenRow[], found: ReadonlyMap<string, number>): FeatureCollection {
  return {
    type: 'FeatureCollection',
    // the heaviest last: it is drawn above the others
    features: rows
      .filter((row) => found.has(row.asset) && row.lon !== null && row.lat !== null)
      .toSorted((a, b) => (found.get(a.asset) ?? 0) - (found.get(b.asset) ?? 0))
      .map((row) => ({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [row.lon ?? 0, row.lat ?? 0] },
        properties: { asset: row.asset, weight: found.get(row.asset) },
      })),
  };
}

/** Seconds until a screen is done, from how it went so far; null where that says nothing yet. */
export function secondsLeft(done: number, total: number, elapsed: number): number | null {
  // the first of them wait for the city to be read
  if (done <= 0 || done < total * 0.02 || elapsed < 3) return null;
  return Math.max(0, (elapsed / done) * (total - done));
}

/** A cause path and the places of a loss as GeoJSON. */
import type { Feature, FeatureCollection, Position } from 'geojson';
import type { Place, Step, StoryLoss } from '../api/types';

const located = (places: Place[]): Position[] =>
  places.flatMap(({ lon, lat }) => (lon === null || lat === null ? [] : [[lon, lat]]));

/** Where a step stands on the map: the asset nearest to the middle of all, so that it lies on one. */
export function headOf(step: Step): Position | null {
  const all = located(step.assets);
  if (all.length === 0) return null;
  const middle = [0, 1].map((axis) => all.reduce((sum, at) => sum + (at[axis] ?? 0), 0) / all.length);
  const far = (at: Position): number =>
    ((at[0] ?? 0) - (middle[0] ?? 0)) ** 2 + ((at[1] ?? 0) - (middle[1] ?? 0)) ** 2;
  return all.reduce((best, at) => (far(at) < far(best) ? at : best));
}

/** Up to and including `current` the path is drawn; -1 draws it all with no step current. */
export function pathData(steps: Step[], current: number): FeatureCollection {
  const shown = current < 0 ? steps : steps.slice(0, current + 1);
  const features: Feature[] = [];
  let before: Position | null = null;
  shown.forEach((step, index) => {
    const isCurrent = index === current;
    const head = headOf(step);
    if (!head) return;
    if (before) features.push(feature('LineString', [before, head], {}));
    for (const at of located(step.assets)) features.push(feature('Point', at, { current: isCurrent }));
    features.push(feature('Point', head, { number: index + 1, current: isCurrent }));
    before = head;
  });
  return { type: 'FeatureCollection', features };
}

export function lostData(losses: Pick<StoryLoss, 'assets'>[]): FeatureCollection {
  const hours = new Map<string, { at: Position; hours: number }>();
  for (const [asset, lost, lon, lat] of losses.flatMap((loss) => loss.assets)) {
    if (lon === null || lat === null) continue;
    hours.set(asset, { at: [lon, lat], hours: (hours.get(asset)?.hours ?? 0) + lost });
  }
  const most = Math.max(1, ...[...hours.values()].map((one) => one.hours));
  const features = [...hours].map(([asset, one]) =>
    feature('Point', one.at, { asset, weight: Math.sqrt(one.hours / most) }),
  );
  return { type: 'FeatureCollection', features };
}

/** The box around places, with a rim so that one place is no point; null for none. */
export function boxOf(places: Position[]): [number, number, number, number] | null {
  if (places.length === 0) return null;
  const lons = places.map((at) => at[0] ?? 0);
  const lats = places.map((at) => at[1] ?? 0);
  const rim = 0.002;
  return [Math.min(...lons) - rim, Math.min(...lats) - rim, Math.max(...lons) + rim, Math.max(...lats) + rim];
}

export function boxOfSteps(steps: Step[]): [number, number, number, number] | null {
  return boxOf(steps.flatMap((step) => located(step.assets)));
}

function feature(
  type: 'Point' | 'LineString',
  coordinates: Position | Position[],
  properties: Record<string, unknown>,
): Feature {
  return { type: 'Feature', geometry: { type, coordinates } as Feature['geometry'], properties };
}

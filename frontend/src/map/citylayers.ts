/** Layers of the networks, made from what each domain's `page.json` says: the page knows no domain. */
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { DomainInfo, LayerPage, Stops } from '../api/types';
import { FONT } from './basestyle';
import { PALETTES, type Palette, type Theme } from './palette';
import { SHAPE_WIDTH } from './shapes';

/** What a feature's `mark` says. */
export const MARK = { none: 0, lost: 1, finding: 2, cause: 3 } as const;

const state = (name: string): ExpressionSpecification => ['coalesce', ['feature-state', name], 0] as never;
const LINE: Stops = [
  [10, 0.5],
  [17, 3],
];
const POINT: Stops = [
  [10, 2],
  [17, 8],
];

/** A main is wider than the pipe of a yard: `weight` says how much passes there, 1 where nobody says. */
const MAINS = ['+', 0.55, ['*', 0.6, ['coalesce', ['get', 'weight'], 1]]];

/** Ids of layers that can be picked on the map, by domain. */
export function pickable(domains: DomainInfo[]): Record<string, string[]> {
  return Object.fromEntries(
    domains.map((domain) => [domain.name, domain.page.layers.map((_, index) => layerId(domain.name, index))]),
  );
}

export function cityLayers(domains: DomainInfo[], theme: Theme): LayerSpecification[] {
  const order: LayerPage['draw'][] = ['fill', 'line', 'point'];
  const drawnAs = new Map(domains.map(({ name }, index) => [name, index - (domains.length - 1) / 2]));
  const all = domains.flatMap((domain) =>
    domain.page.layers.map((layer, index) => ({ domain, layer, id: layerId(domain.name, index) })),
  );
  // points over lines over areas, whichever domain they are of
  return order.flatMap((draw) =>
    all
      .filter((one) => one.layer.draw === draw)
      .flatMap(({ domain, layer, id }) => drawn(domain, layer, id, theme, drawnAs.get(domain.name) ?? 0)),
  );
}

function layerId(domain: string, index: number): string {
  return `city-${domain}-${index}`;
}

function drawn(
  domain: DomainInfo,
  layer: LayerPage,
  id: string,
  theme: Theme,
  aside: number,
): LayerSpecification[] {
  const p = PALETTES[theme];
  const own = domain.page.colour[theme];
  const common = {
    source: 'city',
    'source-layer': domain.name,
    minzoom: layer.from_zoom,
    filter: ['in', ['get', 'kind'], ['literal', layer.kinds]],
  };
  const made: unknown[] = [];
  if (layer.draw === 'line') {
    made.push({
      ...common,
      id,
      type: 'line',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': colour(own, p),
        'line-width': scaled(layer.width ?? LINE, ['*', emphasis(1.8), MAINS] as never),
        // pipes and cables lie under streets: near by each has a lane of its own
        'line-offset': ['interpolate', ['linear'], ['zoom'], 13, 0, 15, aside * 2, 18, aside * 6],
        'line-opacity': 0.9,
      },
    });
  } else if (layer.draw === 'fill') {
    made.push({ ...common, id, type: 'fill', paint: { 'fill-color': colour(own, p), 'fill-opacity': 0.35 } });
  } else if (!layer.symbol || layer.symbol === 'circle') {
    made.push({
      ...common,
      id,
      type: 'circle',
      paint: {
        'circle-color': colour(own, p),
        'circle-radius': scaled(layer.size ?? POINT, ['*', 0.5, emphasis(1.7)] as never),
        'circle-stroke-color': ring(p),
        'circle-stroke-width': ['case', ['>', state('picked'), 0], 3, 0.8],
      },
    });
  } else {
    const size = (layer.size ?? POINT).map(([zoom, px]): [number, number] => [zoom, px / SHAPE_WIDTH]);
    made.push(
      {
        ...common,
        id: `${id}-ring`,
        type: 'circle',
        paint: {
          'circle-color': colour(own, p),
          'circle-opacity': 0.3,
          // a sign's size cannot follow a state: what is marked stands on a disc
          'circle-radius': ['case', ['any', ['>', state('mark'), 0], ['>', state('picked'), 0]], 14, 0],
          'circle-stroke-color': ring(p),
          'circle-stroke-width': ['case', ['>', state('picked'), 0], 3, ['>', state('mark'), 0], 1.5, 0],
        },
      },
      {
        ...common,
        id,
        type: 'symbol',
        layout: {
          'icon-image': `shape-${layer.symbol}`,
          'icon-size': scaled(size, 1),
          'icon-allow-overlap': true,
          'icon-ignore-placement': true,
        },
        paint: { 'icon-color': colour(own, p), 'icon-halo-color': p.halo, 'icon-halo-width': 1 },
      },
    );
  }
  if (layer.label) made.push(label(common, layer, id, p));
  return made as LayerSpecification[];
}

/** Names come two zooms after the signs: before that they would hide them. */
function label(common: object, layer: LayerPage, id: string, p: Palette): object {
  const along = layer.draw === 'line';
  return {
    ...common,
    id: `${id}-names`,
    type: 'symbol',
    minzoom: layer.from_zoom + 2,
    layout: {
      'text-field': ['get', 'name'],
      'text-font': FONT,
      'text-size': 11,
      'text-optional': true,
      ...(along
        ? { 'symbol-placement': 'line', 'symbol-spacing': 350 }
        : { 'text-offset': [0, 0.9], 'text-anchor': 'top', 'text-max-width': 8 }),
    },
    paint: { 'text-color': p.text, 'text-halo-color': p.halo, 'text-halo-width': 1.4 },
  };
}

/** The mark's colour, else grey where it is off, else the domain's. */
function colour(own: string, p: Palette): ExpressionSpecification {
  return [
    'case',
    ['>', state('picked'), 0],
    p.selected,
    ['==', state('mark'), MARK.cause],
    p.cause,
    ['==', state('mark'), MARK.finding],
    p.finding,
    ['==', state('mark'), MARK.lost],
    ['interpolate', ['linear'], state('weight'), 0, p.lost[0], 1, p.lost[1]],
    ['==', ['feature-state', 'value'], 0],
    p.off,
    own,
  ] as never;
}

function ring(p: Palette): ExpressionSpecification {
  return ['case', ['>', state('picked'), 0], p.text, ['>', state('mark'), 0], p.text, p.halo] as never;
}

/** Marked and picked features are drawn larger: colour is never the only sign. */
function emphasis(times: number): ExpressionSpecification {
  return [
    'case',
    ['any', ['>', state('mark'), 0], ['>', state('picked'), 0], ['>', state('near'), 0]],
    times,
    1,
  ] as never;
}

function scaled(stops: Stops, factor: ExpressionSpecification | number): ExpressionSpecification {
  const steps = stops.flatMap(([zoom, value]) => [zoom, factor === 1 ? value : ['*', value, factor]]);
  return ['interpolate', ['exponential', 1.4], ['zoom'], ...steps] as never;
}

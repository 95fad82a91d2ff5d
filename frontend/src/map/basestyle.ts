/** The base map, drawn calmly: it says where one is, and leaves the colours to the networks. */
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { FeatureCollection } from 'geojson';
import type { City } from '../api/types';
import { PALETTES, type Theme } from './palette';

/** The page's own font: without `glyphs` in the style MapLibre draws labels with it, and asks no server. */
export const FONT = ['Inter'];

/** The layer of places that are of no network. */
export const PINS = 'pins';

type Tiles = NonNullable<City['tiles']>;

export function mapStyle(city: City, theme: Theme, layers: LayerSpecification[]): StyleSpecification {
  const tiles = city.tiles as Tiles;
  const bounds = city.box ? { bounds: city.box } : {};
  return {
    version: 8,
    // without a cross-fade labels stand at once, and no frames are drawn for nothing
    transition: { duration: 0, delay: 0 },
    sources: {
      base: { type: 'vector', tiles: [absolute(tiles.base)], maxzoom: tiles.base_max_zoom, ...bounds },
      city: {
        type: 'vector',
        tiles: [absolute(tiles.city)],
        maxzoom: tiles.city_max_zoom,
        promoteId: 'id',
        ...bounds,
      },
      lost: { type: 'geojson', data: EMPTY },
      path: { type: 'geojson', data: EMPTY },
      pins: { type: 'geojson', data: EMPTY },
    },
    layers: [...baseLayers(theme), ...layers, ...baseLabels(theme), ...overlayLayers(theme)],
  };
}

export const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Workers do not know where the page is. */
function absolute(path: string): string {
  return location.origin + path;
}

function baseLayers(theme: Theme): LayerSpecification[] {
  const p = PALETTES[theme];
  const base = { source: 'base' } as const;
  const isClass = (...names: string[]): ['match', unknown, string[], boolean, boolean] => [
    'match',
    ['get', 'class'],
    names,
    true,
    false,
  ];
  const road = (
    id: string,
    colour: string,
    filter: unknown,
    width: number[],
    minzoom = 0,
  ): LayerSpecification =>
    ({
      id,
      ...base,
      'source-layer': 'roads',
      type: 'line',
      minzoom,
      filter,
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': colour,
        'line-width': ['interpolate', ['exponential', 1.5], ['zoom'], 10, width[0], 17, width[1]],
      },
    }) as LayerSpecification;
  const polygon = ['==', ['geometry-type'], 'Polygon'];
  const fill = (
    id: string,
    layer: string,
    colour: string,
    minzoom = 0,
    filter?: unknown,
  ): LayerSpecification =>
    ({
      id,
      ...base,
      'source-layer': layer,
      type: 'fill',
      minzoom,
      ...(filter ? { filter } : {}),
      paint: { 'fill-color': colour },
    }) as LayerSpecification;
  const major = isClass('motorway', 'main');
  return [
    { id: 'ground', type: 'background', paint: { 'background-color': p.ground } },
    fill('land', 'land', p.land),
    fill('green', 'green', p.green),
    fill('water', 'water', p.water, 0, polygon),
    {
      id: 'rivers',
      ...base,
      'source-layer': 'water',
      type: 'line',
      filter: ['==', ['geometry-type'], 'LineString'],
      paint: {
        'line-color': p.waterLine,
        'line-width': ['interpolate', ['linear'], ['zoom'], 10, 0.6, 16, 3],
      },
    },
    fill('buildings', 'buildings', p.building, 13),
    road('road-paths', p.roadEdge, isClass('path'), [0.2, 1.4], 14),
    road('road-minor-edge', p.roadEdge, isClass('minor'), [0.4, 9], 12),
    road('road-major-edge', p.roadEdge, major, [1.6, 16]),
    road('road-minor', p.road, isClass('minor'), [0.2, 7.5], 12),
    road('road-major', p.roadMajor, major, [1, 13.5]),
    road('rail', p.rail, isClass('rail'), [0.6, 2]),
  ];
}

function baseLabels(theme: Theme): LayerSpecification[] {
  const p = PALETTES[theme];
  const paint = { 'text-color': p.textSoft, 'text-halo-color': p.halo, 'text-halo-width': 1.4 };
  return [
    {
      id: 'road-names',
      source: 'base',
      'source-layer': 'roads',
      type: 'symbol',
      minzoom: 14,
      filter: ['has', 'name'],
      layout: {
        'symbol-placement': 'line',
        'text-field': ['get', 'name'],
        'text-font': FONT,
        'text-size': 11,
        'symbol-spacing': 350,
      },
      paint,
    },
    {
      id: 'house-numbers',
      source: 'base',
      'source-layer': 'houses',
      type: 'symbol',
      minzoom: 16.5,
      layout: { 'text-field': ['get', 'number'], 'text-font': FONT, 'text-size': 10 },
      paint,
    },
    {
      id: 'place-names',
      source: 'base',
      'source-layer': 'places',
      type: 'symbol',
      layout: {
        'text-field': ['get', 'name'],
        'text-font': FONT,
        'text-size': ['match', ['get', 'class'], ['city', 'town'], 15, 12],
        'text-max-width': 8,
        'text-padding': 6,
      },
      paint: { ...paint, 'text-color': p.text },
    },
  ];
}

/** What is drawn above all: where people lose something, and the path from the cause to them. */
function overlayLayers(theme: Theme): LayerSpecification[] {
  const p = PALETTES[theme];
  return [
    {
      id: 'lost',
      source: 'lost',
      type: 'circle',
      paint: {
        'circle-color': ['interpolate', ['linear'], ['get', 'weight'], 0, p.lost[0], 1, p.lost[1]],
        // far out one sees where, near by the places themselves are coloured
        'circle-opacity': ['interpolate', ['linear'], ['zoom'], 13, 0.75, 16, 0.35],
        'circle-radius': [
          'interpolate',
          ['linear'],
          ['zoom'],
          9,
          ['+', 2, ['*', 4, ['get', 'weight']]],
          16,
          ['+', 5, ['*', 9, ['get', 'weight']]],
        ],
        'circle-stroke-color': p.halo,
        'circle-stroke-width': 0.7,
      },
    },
    {
      id: 'path-lines',
      source: 'path',
      type: 'line',
      filter: ['==', ['geometry-type'], 'LineString'],
      layout: { 'line-cap': 'round' },
      paint: { 'line-color': p.cause, 'line-width': 2.5, 'line-dasharray': [1.5, 1.6] },
    },
    {
      id: 'path-points',
      source: 'path',
      type: 'circle',
      filter: ['all', ['==', ['geometry-type'], 'Point'], ['!', ['has', 'number']]],
      paint: {
        'circle-color': p.cause,
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 2, 16, 6],
        'circle-opacity': ['case', ['get', 'current'], 1, 0.45],
        'circle-stroke-color': p.halo,
        'circle-stroke-width': 1,
      },
    },
    {
      id: 'path-heads',
      source: 'path',
      type: 'circle',
      filter: ['has', 'number'],
      paint: {
        'circle-color': ['case', ['get', 'current'], p.cause, p.halo],
        'circle-radius': ['case', ['get', 'current'], 14, 11],
        'circle-stroke-color': p.cause,
        'circle-stroke-width': 2.5,
      },
    },
    {
      id: 'path-numbers',
      source: 'path',
      type: 'symbol',
      filter: ['has', 'number'],
      layout: {
        'text-field': ['to-string', ['get', 'number']],
        'text-font': FONT,
        'text-size': 14,
        'text-allow-overlap': true,
        'text-ignore-placement': true,
        'symbol-sort-key': ['get', 'number'],
      },
      paint: { 'text-color': ['case', ['get', 'current'], p.halo, p.cause] },
    },
    {
      id: PINS,
      source: 'pins',
      type: 'circle',
      paint: {
        'circle-color': ['case', ['get', 'current'], p.cause, p.selected],
        'circle-radius': ['case', ['get', 'current'], 12, 8],
        'circle-stroke-color': p.halo,
        'circle-stroke-width': 3,
      },
    },
  ];
}

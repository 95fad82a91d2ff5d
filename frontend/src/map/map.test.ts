import { describe, expect, it } from 'vitest';
import type { DomainInfo, Step } from '../api/types';
import { cityLayers, pickable } from './citylayers';
import { boxOf, headOf, lostData, pathData } from './path';
import { shapeImage, SHAPES } from './shapes';
import { seriesOnMap, shade, shades } from './values';

const domain: DomainInfo = {
  name: 'water',
  kinds: {},
  changes: [],
  page: {
    colour: { light: '#001', dark: '#002' },
    order: 1,
    main: [],
    series: {
      running: { unit: '', on_map: true, flag: true },
      closed: { unit: '', on_map: true, flag: true, off: 1 },
      level: { unit: 'm', on_map: true, low: 0, high: 4 },
      secret: { unit: 'm' },
    },
    layers: [
      { kinds: ['tank'], draw: 'point', symbol: 'square', from_zoom: 9 },
      { kinds: ['pipe'], draw: 'line', from_zoom: 10, label: true },
    ],
  },
};

const step = (...at: [number, number][]): Step => ({
  domain: 'water',
  what: 'x',
  kind: 'pipe',
  more: 0,
  from: 0,
  to: 1,
  assets: at.map(([lon, lat], index) => ({ asset: `water:${index}`, name: '', lon, lat })),
});

describe('values on the map', () => {
  const onMap = seriesOnMap([domain]);
  it('are off, or a shade from low to high', () => {
    expect(shade(onMap, 'water:P', 'running', 0)).toBe(0);
    expect(shade(onMap, 'water:P', 'running', 1)).toBe(1);
    expect(shade(onMap, 'water:P', 'closed', 1)).toBe(0);
    expect(shade(onMap, 'water:P', 'level', 0)).toBeCloseTo(0.1);
    expect(shade(onMap, 'water:P', 'level', 9)).toBe(1);
  });
  it('are not drawn where the domain does not say so', () => {
    expect(shade(onMap, 'water:P', 'secret', 1)).toBeNull();
    expect(shade(onMap, 'energy:P', 'running', 1)).toBeNull();
  });
  it('of one asset: off wins', () => {
    const rows = [
      { asset: 'water:P', quantity: 'running', value: 0 },
      { asset: 'water:P', quantity: 'level', value: 2 },
    ];
    expect(shades(onMap, rows).get('water:P')).toBe(0);
  });
});

describe('layers', () => {
  it('draw points over lines, and name what can be picked', () => {
    const ids = cityLayers([domain], 'light').map(({ id }) => id);
    expect(ids.indexOf('city-water-1')).toBeLessThan(ids.indexOf('city-water-0'));
    expect(pickable([domain])).toEqual({ water: ['city-water-0', 'city-water-1'] });
    expect(ids).toContain('city-water-1-names');
  });
  it('have no expression of zoom inside another', () => {
    // MapLibre takes `zoom` only at the top of an expression; style checks are off in the page
    for (const layer of cityLayers([domain], 'dark')) {
      for (const value of Object.values({ ...layer.paint, ...layer.layout })) {
        const text = JSON.stringify(value);
        if (text.includes('["zoom"]'))
          expect(text, layer.id).toMatch(/^\["interpolate",\[[^\]]*\],\["zoom"\]/);
      }
    }
  });
});

describe('a cause path', () => {
  const steps = [step([0, 0]), step([2, 2], [4, 4], [3, 3]), step()];
  it('stands on an asset in the middle of each step', () => {
    expect(headOf(steps[1] as Step)).toEqual([3, 3]);
    expect(headOf(steps[2] as Step)).toBeNull();
  });
  it('is drawn as far as it is shown, its steps numbered and joined', () => {
    const of = (type: string, current: number): number =>
      pathData(steps, current).features.filter((one) => one.geometry.type === type).length;
    expect(of('LineString', 0)).toBe(0);
    expect(of('LineString', -1)).toBe(1);
    const heads = pathData(steps, 1).features.filter((one) => one.properties?.['number']);
    expect(heads.map((one) => [one.properties?.['number'], one.properties?.['current']])).toEqual([
      [1, false],
      [2, true],
    ]);
  });
});

it('places where several services are lost count once, with all their hours', () => {
  const lost = lostData([
    {
      assets: [
        ['p:1', 3, 1, 1],
        ['p:2', 16, 2, 2],
      ],
    },
    {
      assets: [
        ['p:1', 1, 1, 1],
        ['p:3', 9, null, null],
      ],
    },
  ]);
  expect(lost.features.map((one) => one.properties)).toEqual([
    { asset: 'p:1', weight: 0.5 },
    { asset: 'p:2', weight: 1 },
  ]);
});

it('a box has a rim, and there is none around nothing', () => {
  expect(boxOf([])).toBeNull();
  expect(boxOf([[1, 1]])?.[2]).toBeGreaterThan(1);
});

it.each(SHAPES)('the sign %s is filled in the middle and clear in the corner', (shape) => {
  const { data, width } = shapeImage(shape);
  const alpha = (x: number, y: number): number => data[(y * width + x) * 4 + 3] ?? 0;
  expect(alpha(width / 2, width / 2)).toBeGreaterThan(192);
  expect(alpha(0, 0)).toBeLessThan(150);
});

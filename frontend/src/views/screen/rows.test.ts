import { describe, expect, it } from 'vitest';
import { affectedBy, lostBy, pointsOf, secondsLeft, servicesIn, surprises, unknowns, weights } from './rows';
import type { ScreenRow } from './types';

const row = (asset: string, more: Partial<ScreenRow> = {}): ScreenRow => ({
  asset,
  domain: 'water',
  kind: 'pipe',
  name: '',
  change: `${asset} closed`,
  status: 'ok',
  why_unknown: '',
  method: 'full',
  people: 10,
  environment: 0,
  money: 0,
  rank: { people: 1 },
  own_rank: 1,
  people_rank: 1,
  surprise: 0,
  services: {},
  lon: 24,
  lat: 60,
  ...more,
});

describe('rows of a screen', () => {
  it('are surprises from one doubling of place on, where people lose something, the greatest first', () => {
    const rows = [
      row('water:a', { surprise: 1 }),
      row('water:b', { surprise: 4.3 }),
      row('water:c', { surprise: 0.9 }),
      row('water:d', { surprise: 5, people: 0 }),
      row('water:e', { surprise: 6, people: null, status: 'unknown' }),
      row('water:f', { surprise: 1, people: 11 }),
    ];
    expect(surprises(rows).map((one) => one.asset)).toEqual(['water:b', 'water:f', 'water:a']);
    expect(unknowns(rows).map((one) => one.asset)).toEqual(['water:e']);
  });

  it('name the services that are lost, the most lost first', () => {
    const rows = [
      row('a', { services: { water: 1, electricity: 5 } }),
      row('b', { services: { water: 9, road: 0 } }),
    ];
    expect(servicesIn(rows)).toEqual(['water', 'electricity', 'road']);
    expect(lostBy(rows[1] as ScreenRow)).toEqual([['water', 9]]);
  });

  it('weigh by place: the first most, those that hurt nobody not at all', () => {
    const rows = [1, 2, 4].map((place) => row(`r${place}`, { rank: { people: place } }));
    const found = weights([...rows, row('none', { people: 0, rank: { people: 4 } })], 'rank');
    expect(found.get('r1')).toBe(1);
    expect(found.has('none')).toBe(false);
    const [first = 0, second = 0, fourth = 0] = found.values();
    expect(first - second).toBeCloseTo(second - fourth);
    expect(fourth).toBeGreaterThan(0);
  });

  it('weigh by surprise, and the map draws the root of what it gets', () => {
    const found = weights([row('a', { surprise: 4 }), row('b', { surprise: 1 }), row('c')], 'surprise');
    expect([...found]).toEqual([
      ['a', 1],
      ['b', 0.25],
    ]);
    const drawn = affectedBy(found);
    expect(Math.sqrt((drawn['b'] ?? 0) / (drawn['a'] ?? 1))).toBeCloseTo(0.25);
    expect(Object.keys(affectedBy(found, 1))).toEqual(['a']);
  });

  it('lie on the map where they have a place, the heaviest above', () => {
    const rows = [row('a'), row('b', { lon: null }), row('c', { rank: { people: 3 } })];
    const points = pointsOf(rows, weights(rows, 'rank')).features.map((one) => one.properties?.['asset']);
    expect(points).toEqual(['c', 'a']);
  });

  it('say how long it still takes, once that can be said', () => {
    expect(secondsLeft(100, 400, 10)).toBe(30);
    expect(secondsLeft(0, 400, 10)).toBeNull();
    expect(secondsLeft(20, 400, 1)).toBeNull();
    expect(secondsLeft(7, 400, 10)).toBeNull();
  });
});

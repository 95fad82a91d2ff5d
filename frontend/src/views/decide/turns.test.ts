import { describe, expect, it } from 'vitest';
import { turnsOf, unpriced } from './turns';
import type { Flip, Option } from './types';

const at = (mid: number): { low: number; mid: number; high: number } => ({ low: mid, mid, high: mid });
const option = (id: string, benefit: number, cost: number | null, more: Partial<Option> = {}): Option => ({
  id,
  name: id,
  status: 'ok',
  why_unknown: '',
  avoided: [],
  person_hours_avoided: at(0),
  benefit: at(benefit),
  cost: cost === null ? null : at(cost),
  net: cost === null ? null : at(benefit - cost),
  chance_worth: null,
  chance_best: null,
  break_even_cost: at(benefit),
  break_even_times_a_year: null,
  ...more,
});
const flip = (kind: Flip['kind'], other: string, value: number, now: number): Flip => ({
  kind,
  option: 'a',
  other,
  value,
  now,
});

describe('what would flip the choice', () => {
  it.each([
    [flip('cost', '', 90, 40), 'cost-nothing'],
    [flip('cost', '', 20, 40), 'cost-only'],
    [flip('cost', 'b', 60, 40), 'cost-other'],
    [flip('frequency', '', 0.1, 0.5), 'often-nothing'],
    [flip('frequency', '', 2, 0.5), 'often-only'],
    [flip('frequency', 'b', 0.1, 0.5), 'often-other-below'],
    [flip('frequency', 'b', 2, 0.5), 'often-other-above'],
  ])('is a sentence of its own: %o', (told, key) => {
    expect(turnsOf([told], [])[0]?.key).toBe(key);
  });

  it('says what the others must cost to be better than the best', () => {
    const options = [option('a', 100, 40), option('b', 90, 50), option('c', 10, 500), option('d', 80, null)];
    expect(turnsOf([], options)).toEqual([
      { key: 'cost-catch', option: 'b', other: 'a', value: 30, now: 50 },
    ]);
  });
});

it('names services whose worth no price tells', () => {
  const sum = (
    lens: 'people' | 'money',
    quantity: string,
    service: string,
    mid: number,
  ): Option['avoided'][0] => ({
    lens,
    quantity,
    service,
    unit: '',
    ...at(mid),
  });
  const avoided = [
    sum('people', 'person_hours', 'water', 10),
    sum('people', 'person_hours', 'electricity', 10),
    sum('people', 'person_hours', 'transit', 0),
    sum('money', 'social_cost', 'electricity', 200),
  ];
  expect(unpriced(option('a', 1, 1, { avoided }))).toEqual(['water']);
});

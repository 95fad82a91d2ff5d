import { describe, expect, it } from 'vitest';
import type { Total } from './api/types';
import { isWide, mostBy, placed } from './ledger';

const total = (unit: string, low: number, mid: number, high: number): Total => ({
  lens: 'money',
  quantity: 'q',
  service: '',
  unit,
  factors: [],
  low,
  mid,
  high,
});

describe('bars of the ledger', () => {
  it('share a scale within a unit only', () => {
    const most = mostBy([total('EUR', 10, 20, 40), total('EUR', -80, -60, -50), total('kWh', 1, 2, 3)]);
    expect(most).toEqual(
      new Map([
        ['EUR', 80],
        ['kWh', 3],
      ]),
    );
  });
  it('lie where their numbers are, gains as far as losses', () => {
    expect(placed({ low: 20, mid: 40, high: 80 }, 80)).toEqual({ low: 25, mid: 50, high: 100 });
    expect(placed({ low: -80, mid: -40, high: -20 }, 80)).toEqual({ low: 25, mid: 50, high: 100 });
    expect(placed({ low: 0, mid: 0, high: 0 }, 0)).toEqual({ low: 0, mid: 0, high: 0 });
  });
  it('are wide where a range says something', () => {
    expect(isWide({ low: 100, mid: 100, high: 100.5 })).toBe(false);
    expect(isWide({ low: 90, mid: 100, high: 110 })).toBe(true);
  });
});

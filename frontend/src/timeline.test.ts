import { describe, expect, it } from 'vitest';
import { kindAt, moved } from './timeline';

const reach = { first: 0, now: 10_000, last: 96_400 };

describe('moments', () => {
  it('are past, now or forecast', () => {
    expect([kindAt(5000, 10_000), kindAt(10_060, 10_000), kindAt(20_000, 10_000)]).toEqual([
      'past',
      'now',
      'forecast',
    ]);
  });
  it('stay within what there is, and near now they are now', () => {
    expect(moved(5000, -9000, reach)).toBe(0);
    expect(moved(95_000, 9000, reach)).toBe(96_400);
    expect(moved(9100, 900, reach)).toBeNull();
    expect(moved(9100, 0, reach)).toBe(9100);
  });
});

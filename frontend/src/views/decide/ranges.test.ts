import { describe, expect, it } from 'vitest';
import { extentOf, placeOn, readNumber, readRange } from './ranges';

describe('numbers that people write', () => {
  it('follow their language', () => {
    expect(readNumber('12 500,5', 'lv')).toBe(12500.5);
    expect(readNumber('12\u00a0500', 'lv')).toBe(12500);
    expect(readNumber('0.2', 'lv')).toBe(0.2);
    expect(readNumber('12,500.5', 'en')).toBe(12500.5);
    expect(readNumber('12,500', 'en')).toBe(12500);
    expect(readNumber('12,500', 'lv')).toBe(12.5);
    expect(readNumber('0,02', 'en')).toBe(0.02);
  });

  it('are refused where they are none', () => {
    for (const text of ['', 'much', '1.2.3', '-5', '1e9', '5 €']) expect(readNumber(text, 'en')).toBeNaN();
  });
});

describe('a range', () => {
  it('is unknown where nobody wrote anything: never zero', () => {
    expect(readRange({ low: '', mid: ' ', high: '' }, 'en')).toBeNull();
    expect(readRange({ low: '', mid: '0', high: '' }, 'en')).toEqual({ low: 0, mid: 0, high: 0 });
  });

  it('fills what is left out from what is there', () => {
    expect(readRange({ low: '', mid: '5', high: '' }, 'en')).toEqual({ low: 5, mid: 5, high: 5 });
    expect(readRange({ low: '2', mid: '', high: '6' }, 'en')).toEqual({ low: 2, mid: 4, high: 6 });
    expect(readRange({ low: '2', mid: '3', high: '' }, 'en')).toEqual({ low: 2, mid: 3, high: 3 });
  });

  it('rises', () => {
    expect(readRange({ low: '6', mid: '3', high: '9' }, 'en')).toBe('wrong');
    expect(readRange({ low: 'x', mid: '3', high: '9' }, 'en')).toBe('wrong');
  });

  it('lies on a scale that always has a zero', () => {
    const extent = extentOf([{ low: -50, mid: 0, high: 20 }, null, { low: 10, mid: 100, high: 150 }]);
    expect(extent).toEqual({ from: -50, to: 150 });
    expect(placeOn(extent, 0)).toBe(25);
    expect(extentOf([{ low: 2, mid: 3, high: 4 }])).toEqual({ from: 0, to: 4 });
    expect(extentOf([])).toEqual({ from: 0, to: 1 });
  });
});

import { describe, expect, it } from 'vitest';
import { ago, duration, money, near, number, quantity, range, span } from './format';

const RIGA = 'Europe/Riga';
const NOON = Date.UTC(2026, 10, 23, 10) / 1000; // 12:00 in Riga, a Monday
const plain = (text: string): string => text.replaceAll(/\s/g, ' ');

describe('numbers', () => {
  it('have the digits they deserve, as the language writes them', () => {
    expect(number('en', 12345.6)).toBe('12,346');
    expect(plain(number('lv', 12345.6))).toBe('12 346');
    expect(number('en', 12.345)).toBe('12.3');
    expect(number('lv', 0.01234)).toBe('0,012');
    expect(number('en', Number.NaN)).toBe('–');
    expect(range('en', { low: 1, mid: 2, high: 3000 })).toBe('1–3,000');
  });
  it('bring their unit, or are money', () => {
    expect(plain(quantity('en', 4.5, 'MTR', 2))).toBe('4.5 m');
    expect(quantity('en', null, 'm')).toBe('–');
    expect(quantity('en', 3, '')).toBe('3');
    expect(quantity('en', 1234.5, 'EUR')).toBe('€1,235');
    expect(plain(money('lv', 12.5, 'EUR'))).toBe('12,50 €');
  });
});

describe('times', () => {
  it('are told in the city’s zone, as shortly as they are clear', () => {
    expect(near('en-GB', RIGA, NOON, NOON + 60)).toBe('12:00');
    expect(near('en-GB', RIGA, NOON + 86_400, NOON)).toBe('Tue 12:00');
    expect(near('lv', RIGA, NOON + 86_400, NOON)).toBe('otrd. 12:00');
    expect(near('en-GB', RIGA, NOON + 30 * 86_400, NOON)).toContain('Dec');
  });
  it('name the day of a span once', () => {
    expect(span('en-GB', RIGA, NOON, NOON + 3600, NOON)).toBe('12:00 – 13:00');
    expect(span('en-GB', RIGA, NOON, NOON + 86_400, NOON)).toBe('12:00 – Tue 12:00');
  });
  it('become durations and distances', () => {
    expect(plain(duration('en', 5 * 3600 + 1800))).toBe('5 hr 30 min');
    expect(plain(duration('en', 45))).toBe('45 sec');
    expect(ago('en', 300)).toBe('5 min. ago');
    expect(ago('en', -7200)).toBe('in 2 hr.');
  });
});

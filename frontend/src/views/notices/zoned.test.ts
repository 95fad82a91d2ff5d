import { describe, expect, it } from 'vitest';
import { fromLocal, toLocal } from './zoned';

const utc = (text: string): number => Date.parse(text) / 1000;

describe('moments in the city’s time zone', () => {
  it.each([
    ['2026-11-23T14:05:00Z', 'Europe/Riga', '2026-11-23T16:05'],
    ['2026-07-01T22:30:00Z', 'Europe/Riga', '2026-07-02T01:30'],
    ['2026-07-01T22:30:00Z', 'UTC', '2026-07-01T22:30'],
    ['2026-01-01T04:15:00Z', 'America/New_York', '2025-12-31T23:15'],
  ])('%s in %s is %s, and back', (moment, zone, local) => {
    expect(toLocal(utc(moment), zone)).toBe(local);
    expect(fromLocal(local, zone)).toBe(utc(moment));
  });

  it('take the first of a repeated hour, and shift a skipped one', () => {
    // Riga: back from 04:00 to 03:00 on 25 October, ahead from 03:00 to 04:00 on 29 March
    expect(fromLocal('2026-10-25T03:30', 'Europe/Riga')).toBe(utc('2026-10-25T00:30:00Z'));
    expect(fromLocal('2026-03-29T03:30', 'Europe/Riga')).toBe(utc('2026-03-29T01:30:00Z'));
    expect(toLocal(utc('2026-03-29T01:30:00Z'), 'Europe/Riga')).toBe('2026-03-29T04:30');
  });

  it('are null where the text is none', () => {
    for (const text of ['', 'soon', '2026-11-23']) expect(fromLocal(text, 'UTC')).toBeNull();
  });
});

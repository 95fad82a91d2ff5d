import { describe, expect, it } from 'vitest';
import { bodyOf, hoursOf, missingIn, type Wish } from './wish';

const NOW = Date.parse('2026-11-23T12:00:00Z') / 1000;
const wish = (more: Partial<Wish> = {}): Wish => ({
  kind: 'works',
  title: { lv: 'Nav ūdens', en: '' },
  text: { lv: 'Mainām cauruli.', en: ' ' },
  services: [],
  changes: [],
  updates: '',
  from: '2026-11-24T08:00',
  to: '2026-11-24T10:30',
  ...more,
});
const missing = (more: Partial<Wish> = {}): string[] => missingIn(wish(more), ['lv', 'en'], 'UTC', NOW);

describe('a notice that is written', () => {
  it('is enough in one language, whole', () => {
    expect(missing()).toEqual([]);
    expect(missing({ title: { lv: 'Nav ūdens', en: 'No water' } })).toEqual(['half']);
    expect(missing({ title: {}, text: {} })).toEqual(['text']);
  });

  it.each([
    [{ from: '' }, 'times'],
    [{ to: '2026-11-24T08:00' }, 'order'],
    [{ to: '2027-02-24T08:00' }, 'long'],
    [{ from: '2026-11-20T08:00', to: '2026-11-21T08:00' }, 'past'],
    [{ from: '2027-03-20T08:00', to: '2027-03-21T08:00' }, 'far'],
  ])('says what is wrong with its times: %o', (more, key) => {
    expect(missing(more)).toEqual([key]);
  });

  it('sends the languages that are whole', () => {
    const body = bodyOf(wish(), ['lv', 'en'], 'UTC');
    expect(body).toMatchObject({ title: { lv: 'Nav ūdens' }, text: { lv: 'Mainām cauruli.' } });
    expect(body['from']).toBe(Date.parse('2026-11-24T08:00:00Z') / 1000);
  });

  it('asks the model for its own hours, a day at most', () => {
    expect(hoursOf(wish(), 'UTC')).toBe(3);
    expect(hoursOf(wish({ to: '2026-11-30T08:00' }), 'UTC')).toBe(24);
    expect(hoursOf(wish({ to: '' }), 'UTC')).toBe(24);
  });
});

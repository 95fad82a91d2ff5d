import { expect, it } from 'vitest';
import { ordersOf, reportPins, shownOf, undoReport } from './reports';
import type { Report } from './types';

const report = (id: string, more: Partial<Report> = {}): Report => ({
  id,
  category: 'water',
  text: 'Brown water',
  lon: 24,
  lat: 57,
  at: 100,
  state: 'new',
  answer: '',
  order: '',
  why: '',
  repeats: '',
  reopens: '',
  due: null,
  late_h: 0,
  steps: [],
  ...more,
});

it('shows what nobody has read first, and leaves out what is closed', () => {
  const all = [
    report('seen', { state: 'seen', at: 300 }),
    report('old'),
    report('new', { at: 200 }),
    report('done', { state: 'done', at: 900 }),
  ];
  expect(shownOf(all, 'open').map((one) => one.id)).toEqual(['new', 'old', 'seen']);
  expect(shownOf(all, 'closed').map((one) => one.id)).toEqual(['done']);
  expect(shownOf(all, 'all')).toHaveLength(4);
});

it('undoes a step by a way that there is', () => {
  expect(undoReport('new', 'seen')).toBe('new');
  expect(undoReport('seen', 'done')).toBe('seen');
  expect(undoReport('new', 'done')).toBe('seen');
  expect(undoReport('done', 'seen')).toBe('done');
});

it('is a pin where it has a place, and stands out where it is looked at', () => {
  const pins = reportPins([report('a', { lon: null, lat: null }), report('b'), report('c')], 'c');
  expect(pins.features.map((one) => one.properties)).toEqual([
    { id: 'b', current: false },
    { id: 'c', current: true },
  ]);
});

it('counts the reports of each work order', () => {
  const all = [report('a', { order: 'x' }), report('b', { order: 'x' }), report('c')];
  expect([...ordersOf(all)]).toEqual([['x', 2]]);
});

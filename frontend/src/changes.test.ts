import { describe, expect, it } from 'vitest';
import type { ChangeKind } from './api/types';
import { faultsOf, formatChange, hoursOf, parseChange } from './changes';

const burst: ChangeKind = { kind: 'burst', kinds: ['pipe'], what: '', value: 'required', units: ['L/s'] };
const closed: ChangeKind = { kind: 'closed', kinds: ['pipe'], what: '', value: 'none', units: [] };

describe('change texts', () => {
  it.each([
    ['water:P-12 closed', { asset: 'water:P-12', kind: 'closed', value: '', from: '', to: '' }],
    [
      'water:P-12 burst 60 L/s 08:00-14:00',
      { asset: 'water:P-12', kind: 'burst', value: '60 L/s', from: '08:00', to: '14:00' },
    ],
    [
      "'places:Old town' people 0.5 22:00-26:00",
      { asset: 'places:Old town', kind: 'people', value: '0.5', from: '22:00', to: '26:00' },
    ],
    ['energy:trafo:2 out 08:00-', { asset: 'energy:trafo:2', kind: 'out', value: '', from: '08:00', to: '' }],
  ])('%s is read, and written so that it is read alike', (text, draft) => {
    expect(parseChange(text)).toEqual(draft);
    expect(parseChange(formatChange(draft))).toEqual(draft);
  });
  it('quotes what a shell would split, quotes and all', () => {
    const draft = { asset: "places:Bob's bar", kind: 'people', value: '2', from: '', to: '' };
    expect(formatChange(draft)).toBe(`'places:Bob'"'"'s bar' people 2`);
    expect(parseChange(formatChange(draft))).toEqual(draft);
  });
  it.each(['', 'water:P-12', 'P-12 closed', 'water: closed', "'water:P-12 closed"])('%s is none', (text) => {
    expect(parseChange(text)).toBeNull();
  });
});

describe('faults of a draft', () => {
  const draft = { asset: 'water:P-12', kind: 'burst', value: '60', from: '', to: '' };
  it('are none where all is there', () => {
    expect(faultsOf(draft, burst)).toEqual([]);
    expect(faultsOf({ ...draft, value: '0,5 m3/h' }, burst)).toEqual([]);
    expect(faultsOf({ ...draft, value: '' }, closed)).toEqual([]);
  });
  it('name what is missing or no number', () => {
    expect(faultsOf({ ...draft, value: '' }, burst)).toEqual(['value']);
    expect(faultsOf({ ...draft, value: 'much' }, burst)).toEqual(['value-number']);
    expect(faultsOf({ ...draft, asset: '', from: '08:00' }, undefined)).toEqual(['asset', 'kind', 'hours']);
  });
});

describe('hours of a window', () => {
  it('go on counting past midnight', () => {
    expect(hoursOf('22:00', '02:00', 0)).toEqual({ from: '22:00', to: '26:00' });
    expect(hoursOf('08:00', '14:00', 0)).toEqual({ from: '08:00', to: '14:00' });
  });
  it('are those of tomorrow where the window begins later', () => {
    expect(hoursOf('08:00', '14:00', 15 * 60)).toEqual({ from: '32:00', to: '38:00' });
    expect(hoursOf('08:00', '14:00', 13 * 60)).toEqual({ from: '08:00', to: '14:00' });
  });
  it('stay empty', () => expect(hoursOf('', '', 60)).toEqual({ from: '', to: '' }));
});

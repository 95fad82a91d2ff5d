import { describe, expect, it } from 'vitest';
import { inLanguage, outlookOf, overall, readAddress, sortNotices } from './here';
import type { PublicNotice, ServiceHere } from './types';

const service = (state: ServiceHere['state'], from: number | null = null): ServiceHere => ({
  service: 'water',
  state,
  from,
  to: from === null ? null : from + 3600,
});

describe('services at an address', () => {
  it('that will be lost are told before they are', () => {
    expect(outlookOf(service('ok'))).toBe('ok');
    expect(outlookOf(service('ok', 100))).toBe('soon');
    expect(outlookOf(service('lost', 100))).toBe('lost');
    expect(outlookOf(service('unknown'))).toBe('unknown');
  });

  it('are summed up by the worst; nothing known is never well', () => {
    expect(overall([service('ok'), service('ok')])).toBe('ok');
    expect(overall([service('ok'), service('unknown')])).toBe('unknown');
    expect(overall([service('unknown'), service('ok', 5)])).toBe('soon');
    expect(overall([service('ok', 5), service('lost', 1)])).toBe('lost');
    expect(overall([])).toBe('unknown');
    expect(overall([service('ok')], 1)).toBe('alert');
    expect(overall([service('lost', 1)], 1)).toBe('lost');
  });
});

it('tells a text in the language that there is', () => {
  expect(inLanguage({ lv: 'Nav ūdens', en: 'No water' }, 'lv')).toEqual({
    text: 'Nav ūdens',
    language: 'lv',
  });
  expect(inLanguage({ lv: 'Nav ūdens' }, 'en')).toEqual({ text: 'Nav ūdens', language: 'lv' });
  expect(inLanguage({}, 'en').text).toBe('');
});

it('lists what is here first, then by time', () => {
  const notice = (from: number, here: boolean): PublicNotice => ({
    kind: 'works',
    title: {},
    text: {},
    services: [],
    from,
    to: from + 1,
    here,
  });
  const sorted = sortNotices([notice(1, false), notice(3, true), notice(2, true)]);
  expect(sorted.map((one) => one.from)).toEqual([2, 3, 1]);
});

it('takes from the browser only what is an address', () => {
  expect(readAddress('{"label":"Brīvības 1","lon":24.1,"lat":56.9}')?.label).toBe('Brīvības 1');
  for (const kept of [null, '', '{', '{"label":"x"}', '{"label":"x","lon":"1","lat":2}', '[]']) {
    expect(readAddress(kept)).toBeNull();
  }
});

/** `format` in the reader's language, the city's time zone and its currency. */
import type { Range } from '../api/types';
import * as format from '../format';
import { optional, words } from '../text/words.svelte';
import { cityStore } from './city.svelte';

const zone = (): string => cityStore.city?.timezone ?? 'UTC';

const unitWord = (unit: string): string => optional(`unit-${unit.replaceAll(/[^A-Za-z0-9]+/g, '_')}`) ?? unit;

export const show = {
  number: (value: number, digits?: number): string => format.number(words.language, value, digits),
  compact: (value: number): string => format.compact(words.language, value),
  /** A value with its unit; units that are words (`person·h`) are translated. */
  quantity: (value: number | null, unit: string, digits?: number): string =>
    format.quantity(words.language, value, unitWord(unit), digits),
  money: (value: number): string => format.money(words.language, value, cityStore.city?.currency ?? 'EUR'),
  range: (value: Range): string => format.range(words.language, value),
  percent: (share: number): string => format.percent(words.language, share),
  clock: (at: number): string => format.clock(words.language, zone(), at),
  moment: (at: number): string => format.moment(words.language, zone(), at),
  day: (at: number): string => format.day(words.language, zone(), at),
  near: (at: number): string => format.near(words.language, zone(), at, Date.now() / 1000),
  span: (from: number, to: number): string =>
    format.span(words.language, zone(), from, to, Date.now() / 1000),
  duration: (seconds: number): string => format.duration(words.language, seconds),
  ago: (at: number, now = Date.now() / 1000): string => format.ago(words.language, now - at),
};

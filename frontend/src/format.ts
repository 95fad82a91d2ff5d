/** Numbers, times and units as a language writes them. Plain functions; `stores/format` binds them. */
import type { Range } from './api/types';

/** UN/CEFACT codes that the city's domains use, as people read them. */
const UNITS: Record<string, string> = {
  MTR: 'm',
  MTK: 'm²',
  MTQ: 'm³',
  KMT: 'km',
  L2: 'L/min',
  G51: 'L/s',
  MQH: 'm³/h',
  MQS: 'm³/s',
  WTT: 'W',
  KWT: 'kW',
  MAW: 'MW',
  KWH: 'kWh',
  MWH: 'MWh',
  VLT: 'V',
  KVT: 'kV',
  AMP: 'A',
  BAR: 'bar',
  KPA: 'kPa',
  PAL: 'Pa',
  CEL: '°C',
  P1: '%',
  SEC: 's',
  MIN: 'min',
  HUR: 'h',
  DAY: 'd',
  KMH: 'km/h',
  MTS: 'm/s',
  KGM: 'kg',
  TNE: 't',
  HTZ: 'Hz',
  C62: '',
  m2: 'm²',
  m3: 'm³',
  'm3/h': 'm³/h',
  'm3/s': 'm³/s',
  cm2: 'cm²',
  mm2: 'mm²',
  kgCO2e: 'kg CO₂e',
};

export function unitText(unit: string): string {
  return UNITS[unit] ?? unit;
}

const numbers = new Map<string, Intl.NumberFormat>();
function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options);
  let made = numbers.get(key);
  if (!made) numbers.set(key, (made = new Intl.NumberFormat(locale, options)));
  return made;
}

/** A number with the digits it deserves: 12 345, 12.3, 0.0123. */
export function number(locale: string, value: number, digits?: number): string {
  if (!Number.isFinite(value)) return '–';
  if (digits !== undefined) return numberFormat(locale, { maximumFractionDigits: digits }).format(value);
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) {
    return numberFormat(locale, { maximumFractionDigits: 0 }).format(value);
  }
  return numberFormat(locale, { maximumSignificantDigits: size >= 10 ? 3 : 2 }).format(value);
}

/** A number for a tight place: 1.2K, 3.4M. */
export function compact(locale: string, value: number): string {
  return numberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
}

/** A measured value with its unit; a currency code is written as its country does. */
export function quantity(locale: string, value: number | null, unit: string, digits?: number): string {
  if (value === null || !Number.isFinite(value)) return '–';
  if (/^[A-Z]{3}$/.test(unit) && UNITS[unit] === undefined) return money(locale, value, unit);
  const text = unitText(unit);
  const written = number(locale, value, digits);
  return text ? `${written}\u00a0${text}` : written;
}

export function money(locale: string, value: number, currency: string): string {
  const digits = Math.abs(value) < 100 && !Number.isInteger(value) ? 2 : 0;
  return numberFormat(locale, { style: 'currency', currency, maximumFractionDigits: digits }).format(value);
}

/** The likely range, 5–95 %. */
export function range(locale: string, value: Range): string {
  return `${number(locale, value.low)}–${number(locale, value.high)}`;
}

export function percent(locale: string, share: number): string {
  return numberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

const dates = new Map<string, Intl.DateTimeFormat>();
function dateFormat(
  locale: string,
  timeZone: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = locale + timeZone + JSON.stringify(options);
  let made = dates.get(key);
  if (!made) dates.set(key, (made = new Intl.DateTimeFormat(locale, { timeZone, ...options })));
  return made;
}

/** 14:05 */
export function clock(locale: string, zone: string, at: number): string {
  return dateFormat(locale, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at * 1000);
}

/** Mon 23 Nov, 14:05 */
export function moment(locale: string, zone: string, at: number): string {
  return dateFormat(locale, zone, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at * 1000);
}

export function day(locale: string, zone: string, at: number): string {
  return dateFormat(locale, zone, { weekday: 'short', day: 'numeric', month: 'short' }).format(at * 1000);
}

const DAY_S = 86_400;

/** As short as it is clear: the clock today, the weekday with it within a week, else the whole moment. */
export function near(locale: string, zone: string, at: number, now: number): string {
  if (day(locale, zone, at) === day(locale, zone, now)) return clock(locale, zone, at);
  if (Math.abs(at - now) > 6 * DAY_S) return moment(locale, zone, at);
  // the weekday as it stands within a date: alone, some languages write it with a capital
  const parts = dateFormat(locale, zone, { weekday: 'short', day: 'numeric', month: 'short' }).formatToParts(
    at * 1000,
  );
  return `${parts.find((part) => part.type === 'weekday')?.value ?? ''} ${clock(locale, zone, at)}`;
}

/** From – to, the day told once. */
export function span(locale: string, zone: string, from: number, to: number, now: number): string {
  const same = day(locale, zone, from) === day(locale, zone, to);
  const end = same ? clock(locale, zone, to) : near(locale, zone, to, now);
  return `${near(locale, zone, from, now)} – ${end}`;
}

/** Seconds as one or two units: 45 s, 12 min, 5 h 30 min, 3 d. */
export function duration(locale: string, seconds: number): string {
  const unit = (value: number, name: string): string =>
    numberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: 0,
    }).format(value);
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return unit(s, 'second');
  const minutes = Math.round(s / 60);
  if (minutes < 60) return unit(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  if (hours < 48) {
    return minutes % 60 ? `${unit(hours, 'hour')} ${unit(minutes % 60, 'minute')}` : unit(hours, 'hour');
  }
  return unit(Math.round(hours / 24), 'day');
}

/** 5 min ago, in 3 h. */
export function ago(locale: string, seconds: number): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const size = Math.abs(seconds);
  if (size < 45) return format.format(-Math.round(seconds), 'second');
  if (size < 3600) return format.format(-Math.round(seconds / 60), 'minute');
  if (size < 86_400) return format.format(-Math.round(seconds / 3600), 'hour');
  return format.format(-Math.round(seconds / 86_400), 'day');
}

/**
 * Changes as text: `<asset> <kind> [value] [HH:MM-HH:MM]`; hours run past 24 for the next days. Words are
 * split and quoted as a shell does, as ids may hold spaces.
 */
import type { ChangeKind } from './api/types';

export type ChangeDraft = { asset: string; kind: string; value: string; from: string; to: string };

const SPAN = /^(\d{1,3}:[0-5]\d)?-(\d{1,3}:[0-5]\d)?$/;
const PLAIN = /^[\w@%+=:,./-]+$/;
const VALUE = /^-?\d+(?:[.,]\d+)?$/;

export function formatChange({ asset, kind, value, from, to }: ChangeDraft): string {
  const parts = [quote(asset), kind, value.trim()];
  if (from || to) parts.push(`${from}-${to}`);
  return parts.filter(Boolean).join(' ');
}

/** A text as a draft; null where it is no change. Whether it fits the asset is the server's to say. */
export function parseChange(text: string): ChangeDraft | null {
  const words = split(text);
  if (!words || words.length < 2) return null;
  const [asset = '', ...rest] = words;
  let [from, to] = ['', ''];
  const span = SPAN.exec(rest.at(-1) ?? '');
  if (span && rest.at(-1) !== '-') {
    [, from = '', to = ''] = span;
    rest.pop();
  }
  const [kind, ...value] = rest;
  if (!kind || !/^[^:]+:./.test(asset)) return null;
  return { asset, kind, value: value.join(' '), from, to };
}

/** Words as a shell splits them; null where a quote is left open. */
function split(text: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quoted = '';
  for (const sign of text) {
    if (quoted) {
      if (sign === quoted) quoted = '';
      else word += sign;
    } else if (sign === "'" || sign === '"') {
      quoted = sign;
      word ??= '';
    } else if (/\s/.test(sign)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + sign;
    }
  }
  if (quoted) return null;
  if (word !== null) words.push(word);
  return words;
}

function quote(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

export type Fault = 'asset' | 'kind' | 'value' | 'value-number' | 'hours';

/** What is wrong with a draft; ranges of values are the server's, who knows units. */
export function faultsOf(draft: ChangeDraft, kind: ChangeKind | undefined): Fault[] {
  const faults: Fault[] = [];
  if (!draft.asset) faults.push('asset');
  if (!kind) faults.push('kind');
  else if (kind.value === 'required') {
    const number = draft.value.trim().split(/\s/)[0] ?? '';
    if (!number) faults.push('value');
    else if (!VALUE.test(number)) faults.push('value-number');
  }
  if (!draft.from !== !draft.to) faults.push('hours');
  return faults;
}

const DAY = 24 * 60;

/**
 * Hours of the clock as hours of a window: what ends before it begins ends a day later, and what would be
 * over before the window begins is meant for the day after.
 *
 * @param begins minutes since midnight at which the window begins; 0 for a usual day
 */
export function hoursOf(from: string, to: string, begins: number): { from: string; to: string } {
  let [start, end] = [minutes(from), minutes(to)];
  if (start === null || end === null) return { from, to };
  if (end <= start) end += DAY;
  if (end <= begins) [start, end] = [start + DAY, end + DAY];
  return { from: clock(start), to: clock(end) };
}

function minutes(text: string): number | null {
  const parts = /^(\d{1,3}):([0-5]\d)$/.exec(text);
  return parts ? Number(parts[1]) * 60 + Number(parts[2]) : null;
}

function clock(at: number): string {
  return `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
}

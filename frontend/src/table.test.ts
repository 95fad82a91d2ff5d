import { describe, expect, it } from 'vitest';
import { sortRows } from './table';

const rows = [{ v: 2 }, { v: null }, { v: 10 }, { v: 1 }];
const by = (row: { v: number | null }): number | null => row.v;

describe('rows of a table', () => {
  it('are sorted either way, those without a value last', () => {
    expect(sortRows(rows, by, false).map(by)).toEqual([1, 2, 10, null]);
    expect(sortRows(rows, by, true).map(by)).toEqual([10, 2, 1, null]);
  });
  it('are sorted as people count: P-2 before P-10', () => {
    const texts = ['P-10', 'P-2'].map((id) => ({ id }));
    expect(sortRows(texts, (row) => row.id, false).map((row) => row.id)).toEqual(['P-2', 'P-10']);
  });
  it('stay as they are without an order', () => expect(sortRows(rows, undefined, true)).toEqual(rows));
});

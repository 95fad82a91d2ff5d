import { describe, expect, it } from 'vitest';
import { chartRows, chartTables, summary } from './chart';

const measured = { label: 'm', at: [10, 20], values: [1, null], low: [0, null], high: [2, null] };
const forecast = { label: 'f', at: [20, 30], values: [3, 4], dashed: true };

describe('lines of a chart', () => {
  it('become rows by time', () => {
    expect(chartRows([measured, forecast])).toEqual([
      { at: 10, values: [1, null] },
      { at: 20, values: [null, 3] },
      { at: 30, values: [null, 4] },
    ]);
  });
  it('bring their bands as columns', () => {
    expect(chartTables([measured, forecast]).map((table) => table.length)).toEqual([4, 2]);
  });
  it('are told in words, gaps left out', () => {
    expect(summary(measured)).toEqual({ least: 1, greatest: 1, last: 1 });
    expect(summary({ label: '', at: [], values: [] })).toBeNull();
  });
});

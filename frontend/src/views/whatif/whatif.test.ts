import { describe, expect, it } from 'vitest';
import type { Story } from '../../api/types';
import { parse } from '../../router';
import {
  planHash,
  readPlan,
  withChange,
  withoutChange,
  withoutScenario,
  withScenario,
  type Plan,
} from './plan';
import { changeSteps, comparison, isHarmless, mostPeople, namesIn, withoutRows } from './rows';

const plan: Plan = {
  scenarios: [['a:1 out']],
  active: 0,
  hours: 24,
  live: true,
  asset: null,
  compare: false,
};
const again = (one: Plan): Plan => readPlan(parse(planHash(one)));

describe('a plan', () => {
  it('comes back from its address', () => {
    const full = {
      ...plan,
      scenarios: [['a:1 out', "'b:x y' off 08:00-09:00"], []],
      active: 1,
      hours: 48,
      live: false,
      asset: 'w:1',
      compare: true,
    };
    expect(again(full)).toEqual(full);
    expect(again(plan)).toEqual(plan);
    expect(again({ ...plan, scenarios: [[]] })).toEqual({ ...plan, scenarios: [[]] });
  });
  it('takes nonsense from an address', () => {
    expect(readPlan(parse('#/whatif?n=9&hours=abc&view=compare'))).toEqual({ ...plan, scenarios: [[]] });
  });
  it('has four scenarios at most, each begun as a copy', () => {
    const two = withChange(withScenario(plan), 'b:2 off');
    expect(two.scenarios).toEqual([['a:1 out'], ['a:1 out', 'b:2 off']]);
    let most = plan;
    for (let index = 0; index < 9; index++) most = withScenario(most);
    expect(most.scenarios).toHaveLength(4);
  });
  it('loses a change or a scenario, and keeps one', () => {
    expect(withoutChange(plan, 0).scenarios).toEqual([[]]);
    expect(withoutScenario(plan, 0).scenarios).toEqual([[]]);
    expect(withoutScenario(withScenario(plan), 0)).toMatchObject({ active: 0, compare: false });
  });
});

const story = (people: number, euros: number): Story =>
  ({
    status: 'ok',
    window: { start: 100, step_s: 10, steps: 2, end: 120 },
    losses: people ? [{ cause: [{ assets: [{ asset: 'a:1', name: 'One', lon: 0, lat: 0 }] }] }] : [],
    services: people ? [{ service: 'water', people, person_hours: 1, without: [people, 0] }] : [],
    totals: [
      { lens: 'money', quantity: 'cost', service: '', unit: 'EUR', low: 0, mid: euros, high: 9, factors: [] },
    ],
  }) as unknown as Story;

describe('a story as rows', () => {
  it('says whether anybody loses anything', () => {
    expect([mostPeople(story(5, 1)), mostPeople(story(0, 1))]).toEqual([5, 0]);
    expect([isHarmless(story(5, 1)), isHarmless(story(0, 1))]).toEqual([false, true]);
  });
  it('holds a step until the next, the last to the end', () => {
    expect(withoutRows(story(5, 1))).toEqual([{ service: 'water', at: [100, 110, 120], values: [5, 0, 0] }]);
  });
  it('has the changes as its path where nobody loses anything', () => {
    const change = { text: '', asset: 'w:1', kind: 'off', value: null, lon: 1, lat: 2, from: 3, to: 4 };
    const [step] = changeSteps({ ...story(0, 1), changes: [change] });
    expect(step).toMatchObject({
      domain: 'w',
      what: 'off',
      assets: [{ asset: 'w:1', lon: 1, lat: 2 }],
      from: 3,
      to: 4,
    });
    expect(changeSteps(null)).toEqual([]);
  });
  it('names what it tells of', () => expect(namesIn(story(5, 1)).get('a:1')).toBe('One'));
});

describe('a comparison', () => {
  it('marks the least harm where one stands out, and tells no loss from no answer', () => {
    const rows = comparison([story(5, 2), story(0, 2), null]);
    expect(rows.find((row) => row.key === 'service water')).toMatchObject({ values: [5, 0, null], best: 1 });
    expect(rows.find((row) => row.unit === 'EUR')).toMatchObject({ values: [2, 2, null], best: -1 });
  });
});

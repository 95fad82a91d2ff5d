import { describe, expect, it } from 'vitest';
import { difference, FeatureStates, nextChunk, type State } from './states';

/** A map that remembers, and frames that come when they are told to. */
function stand(): { states: FeatureStates; told: [string, State][]; frame: (ms: number) => boolean } {
  const told: [string, State][] = [];
  const waiting: ((time: number) => void)[] = [];
  let time = 1000;
  const states = new FeatureStates(
    (asset, state) => told.push([asset, state]),
    (callback) => waiting.push(callback),
  );
  const frame = (ms: number): boolean => {
    time += ms;
    const callback = waiting.shift();
    callback?.(time);
    return callback !== undefined;
  };
  return { states, told, frame };
}

describe('differences', () => {
  it('are what changed, what came and what went', () => {
    const changed = difference(
      new Map([
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ]),
      new Map([
        ['a', 1],
        ['b', 5],
        ['d', 4],
      ]),
    );
    expect(changed).toEqual(
      new Map([
        ['b', 5],
        ['d', 4],
        ['c', null],
      ]),
    );
  });
});

describe('feature states', () => {
  it('are told once, attributes of one asset together, and only what changed', () => {
    const { states, told, frame } = stand();
    states.set('mark', new Map([['a', 1]]));
    states.patch('value', [
      ['a', 0.5],
      ['b', 1],
    ]);
    frame(16);
    expect(told).toEqual([
      ['a', { mark: 1, value: 0.5 }],
      ['b', { value: 1 }],
    ]);
    states.patch('value', [['a', 0.5]]);
    states.set('mark', new Map());
    frame(16);
    expect(told.slice(2)).toEqual([['a', { mark: null }]]);
  });
  it('come in chunks that shrink where frames are slow, and none is lost', () => {
    const { states, told, frame } = stand();
    states.set('value', new Map(Array.from({ length: 50_000 }, (_, index) => [`w:${index}`, 1])));
    const chunks: number[] = [];
    let before = 0;
    while (frame(200)) {
      chunks.push(told.length - before);
      before = told.length;
    }
    expect(told).toHaveLength(50_000);
    expect(new Set(told.map(([asset]) => asset)).size).toBe(50_000);
    expect(chunks[0]).toBe(2000);
    expect(chunks[3]).toBe(250);
    expect(states.waiting).toBe(0);
  });
  it('are told no more when the map is gone', () => {
    const { states, told, frame } = stand();
    states.patch('value', [['a', 1]]);
    states.stop();
    frame(16);
    states.patch('value', [['b', 1]]);
    expect(frame(16)).toBe(false);
    expect(told).toEqual([]);
  });
});

it('chunks grow where there is time, within bounds', () => {
  expect(nextChunk(2000, 16)).toBe(4000);
  expect(nextChunk(16_000, 16)).toBe(16_000);
  expect(nextChunk(2000, 60)).toBe(2000);
  expect(nextChunk(300, 500)).toBe(250);
});

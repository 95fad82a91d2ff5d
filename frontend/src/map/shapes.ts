/** Signs of points as signed distance fields, which MapLibre colours and outlines as it draws. */
import type { Shape } from '../api/types';

const SIZE = 48;
/** MapLibre's convention: 0.75 of 255 is the edge, and it falls by 255 over 8 px. */
const EDGE = 0.75;
const FIELD = 8;
const RADIUS = SIZE / 2 - FIELD;

type Distance = (x: number, y: number) => number;

/** Distance to the edge in px, below zero inside; centre at 0, 0, y down. */
const DISTANCES: Record<Shape, Distance> = {
  circle: (x, y) => Math.hypot(x, y) - RADIUS,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) - RADIUS * 0.86,
  diamond: (x, y) => (Math.abs(x) + Math.abs(y) - RADIUS * 1.15) * Math.SQRT1_2,
  triangle: (x, y) => Math.max(y - RADIUS * 0.72, (Math.abs(x) * 2 - y - RADIUS * 1.1) / Math.sqrt(5)),
  hexagon: (x, y) =>
    Math.max(Math.abs(x) - RADIUS * 0.9, (Math.abs(x) + Math.abs(y) * Math.sqrt(3)) / 2 - RADIUS * 0.9),
  cross: (x, y) => {
    const bar = RADIUS * 0.38;
    const [a, b] = [Math.abs(x), Math.abs(y)];
    return Math.min(Math.max(a - bar, b - RADIUS), Math.max(a - RADIUS, b - bar));
  },
};

export const SHAPES = Object.keys(DISTANCES) as Shape[];
/** At `icon-size` 1 a sign is so wide on the map, in px. */
export const SHAPE_WIDTH = RADIUS * 2;

export function shapeImage(shape: Shape): { width: number; height: number; data: Uint8ClampedArray } {
  const data = new Uint8ClampedArray(SIZE * SIZE * 4);
  const distance = DISTANCES[shape];
  for (let row = 0; row < SIZE; row++) {
    for (let column = 0; column < SIZE; column++) {
      const away = distance(column + 0.5 - SIZE / 2, row + 0.5 - SIZE / 2);
      data[(row * SIZE + column) * 4 + 3] = 255 * (EDGE - away / FIELD);
    }
  }
  return { width: SIZE, height: SIZE, data };
}

/** The same sign as an SVG path in a 20 × 20 box, for legends and lists. */
export const SHAPE_PATHS: Record<Shape, string> = {
  circle: 'M10 4a6 6 0 1 0 0 12 6 6 0 0 0 0-12z',
  square: 'M5 5h10v10H5z',
  diamond: 'M10 3l7 7-7 7-7-7z',
  triangle: 'M10 4l7 12H3z',
  hexagon: 'M10 3l6 3.5v7L10 17l-6-3.5v-7z',
  cross: 'M8 4h4v4h4v4h-4v4H8v-4H4V8h4z',
};

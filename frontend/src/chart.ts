/** What `components/Chart` draws, and its rows as a table. */

export type ChartLine = {
  label: string;
  /** Epoch seconds. */
  at: number[];
  values: (number | null)[];
  low?: (number | null)[];
  high?: (number | null)[];
  /** What is expected, not measured. */
  dashed?: boolean;
  /** A custom property of `tokens.css`, such as `--accent`. */
  colour?: string;
};

export type ChartRow = { at: number; values: (number | null)[] };

/** Every time that any line has, with the lines' values there. */
export function chartRows(lines: readonly ChartLine[]): ChartRow[] {
  const rows = new Map<number, (number | null)[]>();
  lines.forEach((line, column) => {
    line.at.forEach((at, index) => {
      let row = rows.get(at);
      if (!row) rows.set(at, (row = lines.map(() => null)));
      row[column] = line.values[index] ?? null;
    });
  });
  return [...rows].map(([at, values]) => ({ at, values })).toSorted((a, b) => a.at - b.at);
}

/** Columns of uPlot, each with its own times: mean, then low and high where the line has a band. */
export function chartTables(lines: readonly ChartLine[]): [number[], ...(number | null)[][]][] {
  return lines.map((line) => [line.at, line.values, ...(line.low && line.high ? [line.low, line.high] : [])]);
}

/** Least, greatest and last of a line, for those who do not see it; null for one without values. */
export function summary(line: ChartLine): { least: number; greatest: number; last: number } | null {
  const known = line.values.filter((value): value is number => value !== null);
  const last = known.at(-1);
  if (last === undefined) return null;
  return { least: Math.min(...known), greatest: Math.max(...known), last };
}

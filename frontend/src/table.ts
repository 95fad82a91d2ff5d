/** Columns of `components/DataTable`, and how rows are put in order. */

export type Column<Row> = {
  key: string;
  title: string;
  /** What a cell says. */
  text: (row: Row) => string;
  /** What it is sorted by; columns without it are not sorted. */
  sort?: (row: Row) => number | string | null;
  numeric?: boolean;
};

/** Rows in order; those without a value come last whichever way, equal ones stay as they were. */
export function sortRows<Row>(rows: readonly Row[], by: Column<Row>['sort'], down: boolean): Row[] {
  if (!by) return [...rows];
  return rows.toSorted((a, b) => {
    const [x, y] = [by(a), by(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    const order =
      typeof x === 'number' && typeof y === 'number'
        ? x - y
        : String(x).localeCompare(String(y), undefined, { numeric: true });
    return down ? -order : order;
  });
}

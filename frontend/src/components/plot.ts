/** uPlot with the page's colours, language and time zone. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { chartTables, type ChartLine } from '../chart';

export type PlotOptions = {
  lines: ChartLine[];
  width: number;
  height: number;
  /** Marked where it lies in the chart; epoch seconds. */
  now: number | null;
  /** On or off. */
  flag: boolean;
  /** A value holds until the next. */
  steps: boolean;
  zero: boolean;
  time: (at: number, whole: boolean) => string;
  value: (value: number) => string;
};

export function plot(target: HTMLElement, options: PlotOptions): uPlot {
  const { lines, width, height, now, flag, steps, zero } = options;
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const font = `11px ${style.getPropertyValue('--font')}`;
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  for (const line of lines) {
    const stroke = colour(line.colour ?? (line.dashed ? '--forecast' : '--accent'));
    series.push({
      label: line.label,
      stroke,
      width: 1.8,
      points: { show: false },
      ...(line.dashed ? { dash: [6, 4] } : {}),
      ...(steps && stepped ? { paths: stepped } : {}),
    });
    if (line.low && line.high) {
      series.push(
        { stroke: 'transparent', points: { show: false } },
        { stroke: 'transparent', points: { show: false } },
      );
      bands.push({ series: [series.length - 1, series.length - 2], fill: `${stroke}33` });
    }
  }
  const axis: uPlot.Axis = {
    stroke: colour('--muted'),
    font,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1 },
  };
  return new uPlot(
    {
      width,
      height,
      series,
      bands,
      legend: { show: false },
      cursor: { y: false, points: { size: 6 } },
      scales: {
        x: { time: true },
        y: { range: (_plot, low, high) => reach(low, high, flag, zero) },
      },
      axes: [
        {
          ...axis,
          size: 28,
          space: 60,
          values: (_plot, splits, _axis, _space, step) =>
            splits.map((at) => options.time(at, step >= 86_400)),
        },
        { ...axis, size: widest, values: (_plot, splits) => splits.map(options.value) },
      ],
      hooks: now === null ? {} : { draw: [(drawn) => nowLine(drawn, now, colour('--muted'))] },
    },
    uPlot.join(chartTables(lines) as uPlot.AlignedData[]),
    target,
  );
}

/** So wide that no label is cut: some languages write thousands as words. */
function widest(_plot: uPlot, labels: string[] | null): number {
  return 20 + 6.5 * Math.max(3, ...(labels ?? []).map((label) => label.length));
}

function reach(low: number | null, high: number | null, flag: boolean, zero: boolean): [number, number] {
  if (flag) return [-0.1, 1.1];
  const [a, b] = [zero ? Math.min(0, low ?? 0) : (low ?? 0), high ?? 1];
  // a level that does not move is drawn in the middle, not along an edge
  const rim = b > a ? (b - a) * 0.08 : Math.max(1, Math.abs(b) * 0.1);
  return [zero && a === 0 ? 0 : a - rim, b + rim];
}

function nowLine(drawn: uPlot, now: number, stroke: string): void {
  const x = drawn.valToPos(now, 'x', true);
  const { left, top, width, height } = drawn.bbox;
  if (x < left || x > left + width) return;
  const { ctx } = drawn;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2, 3]);
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, top + height);
  ctx.stroke();
  ctx.restore();
}

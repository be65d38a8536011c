export interface Series {
  name: string;
  points: readonly { x: number; y: number }[];
}

const WIDTH = 720;
const HEIGHT = 420;
const MARGIN = { top: 48, right: 190, bottom: 56, left: 64 };
/** Height of a label in pixels. */
const LINE = 16;
const COLOURS = ['#2563eb', '#6b7280', '#d97706', '#be185d', '#059669'];

const escape = (text: string) => text.replaceAll('`', '').replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Plots with both axes logarithmic, so that proportional growth is a straight line. */
export function logPlot(title: string, axes: { x: string; y: string }, series: readonly Series[]): string {
  const points = series.flatMap((one) => one.points);
  const xs = [...new Set(points.map(({ x }) => x))].toSorted((a, b) => a - b);
  const ys = decades(points.map(({ y }) => y));
  const place = (values: readonly number[], from: number, to: number) => {
    const [low, high] = [Math.log(values[0]!), Math.log(values.at(-1)!)];
    return (value: number) => from + ((Math.log(value) - low) / (high - low || 1)) * (to - from);
  };
  const x = place(xs, MARGIN.left, WIDTH - MARGIN.right);
  const y = place(ys, HEIGHT - MARGIN.bottom, MARGIN.top);

  const text = (at: [number, number], content: string, style = '') =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" ${style}>${escape(content)}</text>`;
  const rule = (x1: number, y1: number, x2: number, y2: number) =>
    `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#d1d5db"/>`;
  const grid = [
    ...ys.map((value) => rule(MARGIN.left, y(value), WIDTH - MARGIN.right, y(value))),
    ...ys.map((value) => text([MARGIN.left - 8, y(value) + 4], String(value), 'text-anchor="end"')),
    ...xs.map((value) =>
      text([x(value), HEIGHT - MARGIN.bottom + 20], value.toLocaleString('en'), 'text-anchor="middle"'),
    ),
  ];
  const labels = apart(series.map(({ points: own }) => y(own.at(-1)!.y)));
  const lines = series.map(({ name, points: own }, i) => {
    const colour = COLOURS[i % COLOURS.length]!;
    const path = own.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`).join(' ');
    const last = own.at(-1)!;
    return [
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...own.map(
        ({ x: px, y: py }) => `<circle cx="${x(px).toFixed(1)}" cy="${y(py).toFixed(1)}" r="3" fill="${colour}"/>`,
      ),
      text([x(last.x) + 10, labels[i]! + 4], name, `fill="${colour}"`),
    ].join('');
  });
  const middle = (MARGIN.left + WIDTH - MARGIN.right) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text([MARGIN.left, 24], title, 'font-size="16" font-weight="600"'),
    ...grid,
    ...lines,
    text([middle, HEIGHT - 14], axes.x, 'text-anchor="middle"'),
    text([16, MARGIN.top - 10], axes.y),
    '</svg>\n',
  ].join('\n');
}

/** Heights of labels, moved down if they would cover the label above. */
function apart(heights: readonly number[]): number[] {
  const moved = [...heights];
  let above = Number.NEGATIVE_INFINITY;
  for (const i of [...heights.keys()].toSorted((a, b) => heights[a]! - heights[b]!)) {
    above = moved[i] = Math.max(heights[i]!, above + LINE);
  }
  return moved;
}

/** 1, 2, 5, 10, … around the values. */
function decades(values: readonly number[]): number[] {
  const steps = [-2, -1, 0, 1, 2, 3, 4, 5].flatMap((power) =>
    [1, 2, 5].map((n) => Number((n * 10 ** power).toPrecision(1))),
  );
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const first = steps.findLastIndex((step) => step <= low);
  const last = steps.findIndex((step) => step >= high);
  return steps.slice(first, last + 1);
}

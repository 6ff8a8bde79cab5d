/** Score against cost: every run a point, the Pareto front, and labels that keep out of each other's way. */
import { paretoFront, valueText, type Comparable } from '../../analysis/compareRuns';
import { wholeFiguresOf, type WholeFigure } from '../../analysis/figures';
import { tick } from '../../analysis/format';
import { colourOf, round, shapeOf, shapePath } from './marks';
import { axisOf, place, ticksOf, type Axis } from './scale';
import { svg, text } from './svg';

export type Cost = 'size' | 'latency' | 'energy';
export const costs: readonly { readonly id: Cost; readonly label: string }[] = [
  { id: 'size', label: 'File size' },
  { id: 'latency', label: 'Latency' },
  { id: 'energy', label: 'Energy' },
];

export interface TradePoint {
  readonly id: string;
  readonly label: string;
  /** Place in the comparison: colour and shape; undefined: not compared. */
  readonly position?: number;
  readonly score: number;
  readonly cost: number;
  readonly front: boolean;
  /** 0 … 1 from the left and from below. */
  readonly x: number;
  readonly y: number;
}

export interface TradeOff {
  readonly score: WholeFigure;
  readonly cost: WholeFigure;
  readonly points: readonly TradePoint[];
  readonly scoreTicks: readonly { readonly at: number; readonly label: string }[];
  readonly costTicks: readonly { readonly at: number; readonly label: string }[];
  /** Runs that lack one of the two numbers, or are scored otherwise. */
  readonly left: readonly string[];
}

export interface TradeRun {
  readonly run: Comparable;
  readonly label: string;
  readonly position?: number;
}

/** undefined where no two runs have both numbers in one score's terms. */
export function tradeOff(runs: readonly TradeRun[], cost: Cost): TradeOff | undefined {
  const terms = runs.find(({ run }) => run.figures.whole.scores.length > 0);
  if (!terms) return undefined;
  const figures = wholeFiguresOf(terms.run);
  const score = figures.find(({ id }) => id === 'score')!;
  const costFigure = figures.find(({ id }) => id === cost)!;
  const measured = runs.map((one) => {
    const own = wholeFiguresOf(one.run).find(({ id }) => id === 'score');
    const alike = own?.label === score.label && own.unit === score.unit;
    return {
      ...one,
      score: alike ? own.value(one.run) : undefined,
      cost: costFigure.value(one.run),
    };
  });
  const drawn = measured.flatMap((one) =>
    Number.isFinite(one.score) && Number.isFinite(one.cost)
      ? [{ ...one, score: one.score!, cost: one.cost! }]
      : [],
  );
  if (drawn.length < 2) return undefined;
  const sign = score.better === 'lower' ? -1 : 1;
  const front = new Set(
    paretoFront(drawn.map((one) => ({ gain: sign * one.score, cost: one.cost }))),
  );
  const across = padded(axisOf(extent(drawn.map((one) => one.cost)), true), false);
  const up = padded(axisOf(extent(drawn.map((one) => one.score)), false), true);
  return {
    score,
    cost: costFigure,
    points: drawn.map(({ run, label, position, ...one }, at) => ({
      ...{ id: run.id, label, score: one.score, cost: one.cost, front: front.has(at) },
      ...(position === undefined ? {} : { position }),
      x: place(across, one.cost),
      y: place(up, one.score),
    })),
    scoreTicks: labelled(up, score),
    costTicks: labelled(across, costFigure),
    left: measured
      .filter((one) => !drawn.some(({ run }) => run === one.run))
      .map(({ label }) => label),
  };
}

const extent = (values: readonly number[]): [number, number] => [
  Math.min(...values),
  Math.max(...values),
];
const padded = ({ low, high }: Axis, below: boolean): Axis => {
  const room = (high - low) * 0.08;
  return { low: below ? low - room : low, high: high + room };
};
/** Ticks nearer than the figure's digits tell apart have a label only where it differs from the one before. */
const labelled = (axis: Axis, figure: WholeFigure) => {
  const texts = ticksOf(axis, 5).map((value) => ({
    at: place(axis, value),
    label: tick(valueText(figure, value)),
  }));
  return texts.map(({ at, label }, index) => ({
    at,
    label: label === texts[index - 1]?.label ? '' : label,
  }));
};

export interface PlacedLabel {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end';
  /** Moved off its point: a line leads there. */
  readonly led: boolean;
}

/** Around a point, nearest first: right, left, above, below, then further off. */
const offsets = [
  [9, 4, 'start'],
  [-9, 4, 'end'],
  [9, -9, 'start'],
  [9, 17, 'start'],
  [-9, -9, 'end'],
  [-9, 17, 'end'],
  ...[24, 38, 52, 66, 80, 94, 110, 126, 142, 158, 174].flatMap((far) => [
    [12, 4 - far, 'start'] as const,
    [12, 4 + far, 'start'] as const,
    [-12, 4 - far, 'end'] as const,
    [-12, 4 + far, 'end'] as const,
  ]),
] as const;

/** Of a wide sans-serif (DejaVu Sans), in parts of its size. */
const letterWidth = 0.61;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Places for labels beside their points such that none covers another label or a point, within the
 * frame; greedy, in the order given. `size`: of the letters, in the units of the frame.
 */
export function placeLabels(
  points: readonly { readonly x: number; readonly y: number; readonly label: string }[],
  frame: Box,
  size = 11,
): readonly PlacedLabel[] {
  const taken: Box[] = points.map(({ x, y }) => box(x - 6, y - 6, 12, 12));
  return points.map(({ x, y, label }, own) => {
    const wide = label.length * size * letterWidth + 4;
    const at = ([dx, dy, anchor]: (typeof offsets)[number]) =>
      box(anchor === 'start' ? x + dx : x + dx - wide, y + dy - size, wide, size + 4);
    const inside = offsets.filter((offset) => {
      const place = at(offset);
      return (
        place.left >= frame.left &&
        place.right <= frame.right &&
        place.top >= frame.top &&
        place.bottom <= frame.bottom
      );
    });
    const free = inside.find((offset) =>
      taken.every((other, index) => index === own || !overlap(at(offset), other)),
    );
    // No room at all: rather over another label than out of the picture.
    const chosen = free ?? inside[0] ?? offsets[0];
    taken.push(at(chosen));
    const [dx, dy, anchor] = chosen;
    return { x: x + dx, y: y + dy, anchor, led: Math.abs(dy - 4) > 20 };
  });
}

const box = (left: number, top: number, width: number, height: number): Box => ({
  ...{ left, top },
  right: left + width,
  bottom: top + height,
});
const overlap = (a: Box, b: Box) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

export const tradeFrame = { left: 66, top: 34, right: 640, bottom: 310 } as const;
const size = { width: 660, height: 360 } as const;

/** Places on paper: x and y in the picture's own units. */
export const inFrame = ({ x, y }: Pick<TradePoint, 'x' | 'y'>) => ({
  x: tradeFrame.left + x * (tradeFrame.right - tradeFrame.left),
  y: tradeFrame.bottom - y * (tradeFrame.bottom - tradeFrame.top),
});

export function tradeOffSvg(trade: TradeOff): string {
  const { points, score, cost, scoreTicks, costTicks } = trade;
  const { left, top, right, bottom } = tradeFrame;
  const placed = points.map((point) => ({ ...inFrame(point), label: point.label }));
  const labels = placeLabels(placed, tradeFrame);
  const title = `${score.label} against ${cost.label.toLowerCase()}: ${points.length} runs`;
  const parts = [
    text(8, 18, title, 13, 'start', '#16202a', 650),
    ...scoreTicks.map(({ at, label }) => {
      const { y } = inFrame({ x: 0, y: at });
      return `<path d="M${left} ${round(y)}H${right}" stroke="#dde3e7"/>${text(left - 6, y + 4, label, 10, 'end', '#56636e')}`;
    }),
    ...costTicks.map(({ at, label }) => {
      const { x } = inFrame({ x: at, y: 0 });
      return `<path d="M${round(x)} ${top}V${bottom}" stroke="#edf0f2"/>${text(x, bottom + 16, label, 10, 'middle', '#56636e')}`;
    }),
    text((left + right) / 2, bottom + 36, cost.label, 11, 'middle', '#56636e'),
    `<path d="${frontPath(trade)}" fill="none" stroke="#8795a1" stroke-width="1.4" stroke-dasharray="4 3"/>`,
    ...points.map(({ position, front }, at) => {
      const { x, y } = placed[at]!;
      const fill = position === undefined ? '#8795a1' : colourOf(position);
      const shape = position === undefined ? 'circle' : shapeOf(position);
      return `<path d="${shapePath(shape, x, y, 5)}" fill="${front ? fill : '#fff'}" stroke="${fill}" stroke-width="1.6"/>`;
    }),
    ...labels.map(({ x, y, anchor, led }, at) => {
      const point = placed[at]!;
      const line = led
        ? `<path d="M${round(point.x)} ${round(point.y)}L${round(x)} ${round(y - 4)}" stroke="#c3ccd2"/>`
        : '';
      // A halo: the front's line may pass behind a label.
      const halo = 'stroke="#fff" stroke-width="3" stroke-linejoin="round" paint-order="stroke"';
      return `${line}<g ${halo}>${text(x, y, points[at]!.label, 11, anchor)}</g>`;
    }),
  ];
  return svg(size.width, size.height, title, parts.join(''));
}

/** A staircase: what is on the front is beaten by nothing to its left. */
export function frontPath({ points }: Pick<TradeOff, 'points'>): string {
  const front = points
    .filter((point) => point.front)
    .sort((a, b) => a.cost - b.cost)
    .map(inFrame);
  return front
    .map(({ x, y }, at) => (at === 0 ? `M${round(x)} ${round(y)}` : `H${round(x)}V${round(y)}`))
    .join('');
}

/** How a run is drawn: a colour and a shape of its own, by its place in the comparison. Pure geometry. */

export const shapes = ['circle', 'square', 'triangle', 'diamond', 'cross', 'down'] as const;
export type Shape = (typeof shapes)[number];

/** On white: at least 3 : 1 (WCAG 1.4.11). */
export const lightColours = [
  '#0d7580',
  '#b8612b',
  '#6b5fb5',
  '#66741f',
  '#b3372a',
  '#2f6db5',
] as const;

export const shapeOf = (position: number): Shape => shapes[position % shapes.length]!;
export const colourOf = (position: number): string => lightColours[position % lightColours.length]!;

/** Outline of the shape around a centre, as an SVG path. */
export function shapePath(shape: Shape, x: number, y: number, r: number): string {
  const at = (dx: number, dy: number) => `${round(x + dx * r)} ${round(y + dy * r)}`;
  switch (shape) {
    case 'circle':
      return `M${at(-1, 0)}a${round(r)} ${round(r)} 0 1 0 ${round(2 * r)} 0a${round(r)} ${round(r)} 0 1 0 ${round(-2 * r)} 0Z`;
    case 'square':
      return `M${at(-0.88, -0.88)}L${at(0.88, -0.88)}L${at(0.88, 0.88)}L${at(-0.88, 0.88)}Z`;
    case 'triangle':
      return `M${at(0, -1.15)}L${at(1.1, 0.85)}L${at(-1.1, 0.85)}Z`;
    case 'down':
      return `M${at(0, 1.15)}L${at(1.1, -0.85)}L${at(-1.1, -0.85)}Z`;
    case 'diamond':
      return `M${at(0, -1.25)}L${at(1.25, 0)}L${at(0, 1.25)}L${at(-1.25, 0)}Z`;
    case 'cross':
      return `M${at(-1.1, -0.4)}L${at(-0.4, -0.4)}L${at(-0.4, -1.1)}L${at(0.4, -1.1)}L${at(0.4, -0.4)}L${at(1.1, -0.4)}L${at(1.1, 0.4)}L${at(0.4, 0.4)}L${at(0.4, 1.1)}L${at(-0.4, 1.1)}L${at(-0.4, 0.4)}L${at(-1.1, 0.4)}Z`;
    default:
      return shape satisfies never;
  }
}

export const round = (value: number): number => Math.round(value * 100) / 100;

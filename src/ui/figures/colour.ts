/** Colours of figures, as CSS values over the tokens of styles/base.css. Colour is never the only carrier. */

/**
 * From the accent (fine) over amber to red (bad); grey where there is no figure.
 * `strength`: per cent of colour, the rest is the surface.
 */
export function tint(badness: number | undefined, strength: number): string {
  if (badness === undefined) return 'color-mix(in srgb, var(--float) 25%, var(--surface))';
  const [from, to, part] =
    badness < 0.5 ? ['--good', '--mid', badness * 2] : ['--mid', '--bad', badness * 2 - 1];
  const tone = `color-mix(in srgb, var(${to}) ${Math.round(part * 100)}%, var(${from}))`;
  return `color-mix(in srgb, ${tone} ${strength}%, var(--surface))`;
}

/** One colour a run in charts: no more runs are drawn beside each other than there are colours. */
export const runColours = [1, 2, 3, 4, 5, 6].map((place) => `var(--run-${place})`);
export const floatColour = 'var(--float)';

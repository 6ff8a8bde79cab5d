/** From the accent (fine) to red (bad); grey where there is no figure. `strength`: per cent of colour. */
export function tint(badness: number | undefined, strength: number): string {
  if (badness === undefined) return 'color-mix(in srgb, var(--float) 30%, var(--surface))';
  const tone = `color-mix(in oklab, var(--bad) ${Math.round(badness * 100)}%, var(--good))`;
  return `color-mix(in srgb, ${tone} ${strength}%, var(--surface))`;
}

/** Numbers in the sentences that repairs say of themselves. */
/** Three digits: "0.00012", "3.1e-7". */
export const ratio = (x: number): string => String(Number(x.toPrecision(2)));

export const percent = (x: number): string => `${x.toFixed(2)} %`;

/** "a, b and c" */
export const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;

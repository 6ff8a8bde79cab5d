/** How the numbers of a table are written: decimal sign, thousands signs, units, words for "missing". */

export interface NumberStyle {
  readonly decimal: '.' | ',';
  /** The sign between thousands, where there is one. */
  readonly thousands: string;
  /** "1,234" could be either: taken as written here, to be said. */
  readonly doubtful: boolean;
}

const missingWords = new Set(
  [
    '',
    'na',
    'n/a',
    'n.a.',
    '#n/a',
    'nan',
    'null',
    'none',
    'nil',
    '?',
    '-',
    '--',
    '.',
    'missing',
    '<na>',
  ].map((word) => word),
);
export const isMissing = (cell: string): boolean =>
  cell.length < 8 && missingWords.has(cell.toLowerCase());

const blanks = /[\u00a0\u202f\u2009 ]/g;
const plain = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

/** Decides on cells that hold both digits and a sign. */
export function styleOf(cells: Iterable<string>): NumberStyle {
  let commaDecimal = 0;
  let pointDecimal = 0;
  let commaThousands = 0;
  let pointThousands = 0;
  let commaEither = 0;
  let pointEither = 0;
  let blank = '';
  let quote = false;
  for (const raw of cells) {
    if (!/\d/.test(raw)) continue;
    const cell = raw.replace(/[^\d.,'’\s-]/g, '').trim();
    if (/^-?\d{1,3}([\u00a0\u202f\u2009 ]\d{3})+([.,]\d+)?$/.test(cell)) blank = ' ';
    if (/^-?\d{1,3}(['’]\d{3})+([.,]\d+)?$/.test(cell)) quote = true;
    const text = cell.replace(blanks, '').replace(/['’]/g, '');
    if (/^-?\d{1,3}(\.\d{3})+,\d+$/.test(text) || /^-?\d{1,3}(\.\d{3}){2,}$/.test(text))
      pointThousands++;
    else if (/^-?\d{1,3}(,\d{3})+\.\d+$/.test(text) || /^-?\d{1,3}(,\d{3}){2,}$/.test(text))
      commaThousands++;
    else if (/^-?[1-9]\d{0,2},\d{3}$/.test(text)) commaEither++;
    else if (/^-?\d*,\d+$/.test(text)) commaDecimal++;
    else if (/^-?[1-9]\d{0,2}\.\d{3}$/.test(text)) pointEither++;
    else if (/^-?\d*\.\d*/.test(text) && text.includes('.')) pointDecimal++;
  }
  const thousands = blank || (quote ? "'" : '');
  if (commaDecimal > 0 && pointDecimal === 0 && commaThousands === 0)
    return {
      decimal: ',',
      thousands: pointThousands + pointEither > 0 ? '.' : thousands,
      doubtful: false,
    };
  if (pointThousands > 0 && commaThousands === 0 && pointDecimal === 0)
    return { decimal: ',', thousands: '.', doubtful: false };
  if (commaThousands > 0) return { decimal: '.', thousands: ',', doubtful: false };
  if (commaEither > 0)
    // Beside decimal points a comma can only part thousands.
    return { decimal: '.', thousands: ',', doubtful: pointDecimal + pointEither === 0 };
  return { decimal: '.', thousands, doubtful: false };
}

/** A cell's number, NaN where it is none. */
export function numberIn(style: NumberStyle): (cell: string) => number {
  const simple = style.decimal === '.' && style.thousands === '';
  const signs = style.thousands === ' ' ? blanks : style.thousands === "'" ? /['’]/g : undefined;
  const literal = signs ?? (style.thousands ? style.thousands : undefined);
  const grouped = new RegExp(
    `^[-+]?\\d{1,3}([${style.thousands === ' ' ? '\\u00a0\\u202f\\u2009 ' : style.thousands === "'" ? "'’" : style.thousands || ' '}]\\d{3})+(\\${style.decimal}\\d*)?$`,
  );
  return (cell) => {
    if (simple || plain.test(cell)) {
      if (!simple && style.decimal === ',' && style.thousands === '.' && grouped.test(cell))
        return Number(cell.replaceAll('.', ''));
      return plain.test(cell) ? Number(cell) : NaN;
    }
    let text = cell;
    if (literal && grouped.test(cell)) text = text.replaceAll(literal as string, '');
    if (style.decimal === ',') text = text.replace(',', '.');
    return plain.test(text) ? Number(text) : NaN;
  };
}

/** Number and unit of "12.5 kg", "45%", "$12", "12 °C"; undefined where the cell has another form. */
export function withUnit(
  cell: string,
  number: (cell: string) => number,
): { readonly value: number; readonly unit: string } | undefined {
  const behind =
    /^([-+]?[\d.,'’\u00a0\u202f ]*\d(?:[eE][-+]?\d+)?)\s*([^\d\s.,'’+-][^\d\s]{0,11})$/.exec(cell);
  const before = /^([€$£¥])\s*([-+]?[\d.,'’\u00a0\u202f ]*\d)$/.exec(cell);
  const [digits, unit] = behind ? [behind[1]!, behind[2]!] : before ? [before[2]!, before[1]!] : [];
  if (digits === undefined || unit === undefined) return undefined;
  const value = number(digits.trim());
  return Number.isNaN(value) ? undefined : { value, unit };
}

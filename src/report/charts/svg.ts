/** SVG as text. Every name goes through `escaped`: models are foreign, and so are their layers' names. */

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** For text and for attributes; what XML can't hold at all (control characters) becomes U+FFFD. */
export function escaped(value: string): string {
  return (
    value
      .replace(/\p{Surrogate}/gu, '\ufffd')
      // eslint-disable-next-line no-control-regex -- XML 1.0 has no form for them
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"']/g, (character: string) => entities[character]!)
  );
}
export const attribute = escaped;

export function text(
  x: number,
  y: number,
  value: string,
  size: number,
  anchor: 'start' | 'middle' | 'end' = 'start',
  fill = '#16202a',
  weight = 400,
): string {
  const at = (one: number) => Math.round(one * 100) / 100;
  return `<text x="${at(x)}" y="${at(y)}" font-size="${size}" text-anchor="${anchor}" fill="${fill}" font-weight="${weight}">${escaped(value)}</text>`;
}

export function svg(width: number, height: number, name: string, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(name)}" font-family="system-ui, sans-serif"><rect width="${width}" height="${height}" fill="#fff"/>${content}</svg>`;
}

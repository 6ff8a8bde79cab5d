/** Pascal VOC's colours of classes (VOCdevkit, VOClabelcolormap.m): the bits of the number, spread over R, G and B. */

function colourOf(code: number): string {
  const channels = [0, 0, 0];
  for (let bit = 0, rest = code; bit < 8; bit++, rest >>= 3)
    for (let c = 0; c < 3; c++) channels[c]! |= ((rest >> c) & 1) << (7 - bit);
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

const codes = new Map(Array.from({ length: 256 }, (_, code) => [colourOf(code), code]));

/** "#800000" → 1; undefined for a colour that is not in the list. */
export const vocColour = (colour: string): number | undefined => codes.get(colour);

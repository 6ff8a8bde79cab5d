/** Names of layers as there is room for them; the whole name stays in the title. */

/** What TFLite's converter appends to the operator that a fused tensor came from. */
const suffixes = /(\/(ReadVariableOp|resource\d*|BiasAdd|MatMul|FusedBatchNormV3))+\d*$/;

/** The whole network's own scope, the same before every name. */
const scope = /^(model|functional|sequential)(_\d+)?\/(?=.)/;

/**
 * A fused tensor of TFLite's converter is called by every operator in it, with semicolons between; the
 * last one is the layer's own. Longer names lose their middle, for both ends tell.
 */
export function shortName(name: string, most = 24): string {
  const own = name.slice(name.lastIndexOf(';') + 1);
  const plain = own.includes('/') ? own.replace(suffixes, '') || own : own;
  return middle(plain.replace(scope, ''), most);
}

function middle(text: string, most: number): string {
  const characters = [...text];
  if (characters.length <= most) return text;
  const head = Math.floor((most - 1) / 3);
  const tail = most - 1 - head;
  return `${characters.slice(0, head).join('')}…${characters.slice(-tail).join('')}`;
}

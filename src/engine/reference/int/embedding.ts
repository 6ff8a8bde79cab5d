/** EMBEDDING_LOOKUP, int8 rows → float32: q · scale (TFLite embedding_lookup.cc EvalHybrid, zp 0). */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { affine, int8 } from './site';

const embeddingLookup: KernelFactory = ({ node, inputs: [, table], outputs: [output] }) => {
  const from = affine(table);
  if (node.op !== 'EMBEDDING_LOOKUP' || table?.dtype !== 'int8' || !from) return undefined;
  if (output?.dtype !== 'float32') return undefined;
  const width = table.shape.slice(1).reduce((a, b) => a * b, 1);
  const count = table.shape[0]!;
  return (inputs, outputs) => {
    const ids = inputs[0]!.data as Int32Array;
    const rows = int8(inputs[1]);
    const y = outputs[0]!.data as Float32Array;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      for (let c = 0; c < width; c++) {
        y[i * width + c] = id >= 0 && id < count ? rows[id * width + c]! * from.scale : 0;
      }
    }
  };
};

export const embeddingKernels = {
  EMBEDDING_LOOKUP: embeddingLookup,
} satisfies KernelTable;

/** Samples and needs of a model whose output was split: labels of the joint output are those of its parts where they can be. */
import type { ModelNeeds, Samples, TargetKind, TargetValue } from '../../data/samples';
import { elementCount, type Graph } from '../../model/graph';
import { partsOf, type Split } from '../../quant/repair';
import { needsOf } from '../needs';

interface Opened {
  readonly samples: Samples;
  readonly needs: ModelNeeds;
}

/** A label of the split model, and the one that it is read from. */
interface Read {
  readonly kind: TargetKind;
  readonly from: number;
  /** Of the joint output's parts. */
  readonly part?: number;
}

/** @param graph the model after the split */
export function splitSamples<O extends Opened>(opened: O, split: Split, graph: Graph): O {
  const { samples } = opened;
  const reads = samples.targets.flatMap((kind, from): Read[] => {
    if (kind.output < split.output) return [{ kind, from }];
    if (kind.output > split.output)
      return [{ kind: { ...kind, output: kind.output + split.parts.length - 1 }, from }];
    return partKinds(kind, split).map((one, part) => ({ kind: one, from, part }));
  });
  const value = (targets: readonly (TargetValue | undefined)[], { from, part }: Read) => {
    const target = targets[from];
    if (part === undefined || target === undefined || typeof target === 'number') return target;
    return partsOf(split, target)[part];
  };
  return {
    ...opened,
    needs: { ...needsOf(graph), inputs: opened.needs.inputs },
    samples: {
      ...samples,
      targets: reads.map(({ kind }) => kind),
      read: async (index) => {
        const { inputs, targets } = await samples.read(index);
        return { inputs, targets: reads.map((read) => value(targets, read)) };
      },
    },
  };
}

/** Numbers are those of the parts; a class or a mask of the joint output says nothing of them. */
export function partKinds(
  kind: TargetKind,
  { output, parts, joint }: Split,
): readonly TargetKind[] {
  if (kind.kind !== 'numbers' && kind.kind !== 'multi-label') return [];
  if (kind.size !== elementCount(joint.shape)) return [];
  return parts.map(({ shape }, part) => ({
    ...kind,
    output: output + part,
    size: elementCount(shape),
  }));
}

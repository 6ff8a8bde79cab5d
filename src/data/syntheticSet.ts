/** Made-up samples as a set: always marked, without labels, indices inside their tables. */
import { targetShape } from './fit/shape';
import type { Fitted } from './fit/types';
import { previewOf } from './preview';
import { product } from './raw';
import type { DataSource, ModelNeeds, Sample, Samples } from './samples';
import { synthetic } from './synthetic';

type SyntheticSource = Extract<DataSource, { kind: 'synthetic' }>;

/** @throws IntactError `limit` for inputs of more than 33 million numbers */
export function openSynthetic(source: SyntheticSource, needs: ModelNeeds): Samples {
  const shapes = needs.inputs.map((need) => targetShape(need).map((size) => Math.max(1, size)));
  const sizes = shapes.map(product);
  const [only] = shapes;
  const whole = shapes.length === 1 ? [1, ...only!] : [1, sizes.reduce((a, b) => a + b, 0)];
  const data = synthetic(whole, source.count, source.seed);
  const length = product(data.sampleShape);
  const read = (index: number): Promise<Sample> => {
    let start = index * length;
    const inputs = needs.inputs.map(({ indexLimit }, at) => {
      const part = data.samples.slice(start, start + sizes[at]!);
      start += sizes[at]!;
      if (indexLimit > 0)
        for (let i = 0; i < part.length; i++) part[i] = Math.floor(part[i]! * indexLimit);
      return part;
    });
    return Promise.resolve({ inputs, targets: [] });
  };
  const fitted: Fitted = {
    shape: shapes[0]!,
    channels: shapes[0]!.at(-1) ?? 1,
    channelsFirst: false,
    form: 'numbers',
    found: 'Made up',
    checks: [],
    read: async (index) => (await read(index)).inputs[0]!,
  };
  return {
    key: source.key,
    name: 'Synthetic samples',
    description: `${data.count} made-up samples, seed ${source.seed}`,
    count: data.count,
    synthetic: true,
    targets: [],
    checks: [],
    inputShapes: shapes.map((shape, at) =>
      (needs.inputs[at]!.shape[0] ?? 1) === 1 ? [1, ...shape] : shape,
    ),
    read,
    sampleKey: (index) => Promise.resolve(`${source.key}/${index}`),
    preview: async (index) =>
      previewOf(
        `made-up sample ${index + 1}`,
        (await read(index)).inputs[0]!,
        fitted,
        undefined,
        undefined,
      ),
  };
}

/** The step on small nets: what is exported, repeated, stopped, refused. */
import { describe, expect, it } from 'vitest';
import type { Roles, Samples } from '../../../data/samples';
import { createReferenceBackend } from '../../../engine/reference';
import type { Graph } from '../../../model/graph';
import { stockRecipe } from '../../../quant/recipe';
import type { RoundStep } from '../../../quant/repairSteps';
import type { Recipe, SchemeId } from '../../../quant/types';
import { builder, conv, numbers } from '../../../testing/graphs';
import { openOracle } from '../../../testing/oracle';
import type { QuantizeUpdate, StopFlag } from '../../types';
import { fileOf } from '../../export';
import { prepare } from '../../prepared';
import { carriedOut } from '../../quantize/making';
import { needsOf } from '../../needs';
import { listening, tinyContext, tinySamples } from '../../testing/tiny';

/** Convolution, depthwise, dense; `twice`: the dense weights are used by two layers. */
function net(twice = false): Graph {
  const b = builder();
  const x = b.input('x', [1, 6, 6, 2]);
  const w1 = b.constant('w1', [4, 3, 3, 2], numbers(72, 2));
  const c = b.node(
    'CONV_2D',
    'conv',
    conv({ activation: 'RELU', padding: 'SAME' }),
    [x, w1, b.constant('b1', [4], numbers(4, 3))],
    [1, 6, 6, 4],
  );
  const w2 = b.constant('w2', [1, 3, 3, 4], numbers(36, 4));
  const d = b.node(
    'DEPTHWISE_CONV_2D',
    'depth',
    { ...conv({ strideH: 2, strideW: 2 }), depthMultiplier: 1 },
    [c, w2, b.constant('b2', [4], numbers(4, 5))],
    [1, 2, 2, 4],
  );
  const flat = b.node('RESHAPE', 'flat', {}, [d, b.integers('shape', [2], [1, 16])], [1, 16]);
  const w3 = b.constant('w3', [16, 16], numbers(256, 6));
  const attrs = {
    activation: 'NONE',
    keepNumDims: false,
    asymmetricQuantizeInputs: false,
  } as const;
  const f = b.node('FULLY_CONNECTED', 'dense', attrs, [flat, w3, -1], [1, 16]);
  return b.graph([twice ? b.node('FULLY_CONNECTED', 'again', attrs, [f, w3, -1], [1, 16]) : f]);
}

const COUNT = 64;
/** Pictures whose neighbours go together. */
const picture = (index: number) => {
  const noise = numbers(72, 100 + index);
  return noise.map((x, i) => noise[i % 2]! + 0.4 * x + 0.5 * noise[2]!);
};
const samplesOf = (more: Partial<Samples> = {}): Samples => ({
  ...tinySamples,
  ...{ count: COUNT, targets: [], inputShapes: [[1, 6, 6, 2]] },
  read: (index) => Promise.resolve({ inputs: [picture(index)], targets: [] }),
  ...more,
});
const roles: Roles = {
  training: Array.from({ length: 48 }, (_, i) => i),
  calibration: Array.from({ length: 48 }, (_, i) => i),
  selection: [],
  evaluation: Array.from({ length: 16 }, (_, i) => 48 + i),
  seed: 1,
};

const step = (more: Partial<RoundStep> = {}): RoundStep => ({
  ...{ kind: 'round', method: 'adaround', seed: 1, options: { iterations: 200 } },
  ...more,
});

interface Given {
  readonly graph?: Graph;
  readonly scheme?: SchemeId;
  readonly recipe?: Partial<Recipe>;
  readonly samples?: Samples;
  readonly roles?: Roles;
  readonly stop?: StopFlag;
  readonly onReport?: (label: string) => void;
}

function carry(
  { graph = net(), scheme = 'int4', onReport, ...given }: Given = {},
  steps = [step()],
) {
  const samples = given.samples ?? samplesOf();
  const recipe = { ...stockRecipe(scheme, { io: 'float32', steps }), ...given.recipe };
  const report = (label: string) => onReport?.(label);
  return carriedOut(graph, {
    ...{ recipe, samples, roles: given.roles ?? roles, scorings: [] },
    backend: createReferenceBackend(),
    context: tinyContext(listening<QuantizeUpdate>(), given.stop ? { stop: given.stop } : {}),
    report: { calibrate: () => undefined, steps: report },
    needs: needsOf(graph),
    original: graph,
  });
}

/** Mean squared error of the converted graph's outputs over samples that it wasn't made with. */
async function errorOf(float: Graph, converted: Graph): Promise<number> {
  const backend = createReferenceBackend();
  const [a, b] = [await prepare(backend, float), await prepare(backend, converted)];
  let sum = 0;
  for (const index of roles.evaluation) {
    const sample = { inputs: [picture(index)] };
    const [[x], [y]] = [await a.run(sample), await b.run(sample)];
    x!.forEach((real, i) => (sum += (real - y![i]!) ** 2));
  }
  return sum;
}

describe('a layer rounded by AdaRound', () => {
  it('gives outputs nearer to float at 4 bits; at 8 little is to be won, or lost', async () => {
    for (const scheme of ['int4', 'int8', 'int8-per-tensor'] as const) {
      const nearest = await carry({ scheme }, []);
      const rounded = await carry({ scheme });
      const [before, after] = [nearest, rounded].map(({ graph, converted }) =>
        errorOf(graph, converted),
      );
      expect(await after).toBeLessThan((await before)! * (scheme === 'int4' ? 0.6 : 1.5));
    }
  });

  it('leaves the float weights in the graph, its integers in plan and converted graph', async () => {
    const graph = net();
    const { plan, converted, recipe } = await carry({ graph });
    const { rounded } = plan.values['w3']!;
    expect(rounded).toBeInstanceOf(Int8Array);
    expect(converted.values.find(({ name }) => name === 'w3')!.data).toBe(rounded);
    expect(graph.values.find(({ name }) => name === 'w3')!.data).toEqual(numbers(256, 6));
    expect(recipe.steps[0]).toMatchObject({
      options: { unit: 'layer', iterations: 200, samples: 48, positions: 2048, quantized: 0.5 },
    });
  });

  it('is exported as it is measured: the runtime gives the same bits', async () => {
    const { graph, converted } = await carry({ scheme: 'int8' });
    const oracle = await openOracle(fileOf(converted));
    const prepared = await prepare(createReferenceBackend(), converted);
    for (const index of roles.evaluation) {
      const inputs = [picture(index)];
      const [own] = await prepared.run({ inputs });
      expect(oracle.run(inputs)[0]!.data).toEqual(own);
    }
    oracle.dispose();
    expect(graph.nodes).toHaveLength(4);
  });

  it('is the same from the same seed', async () => {
    const rounded = async (seed: number) =>
      (await carry({}, [step({ seed })])).plan.values['w3']!.rounded;
    expect(await rounded(1)).toEqual(await rounded(1));
    expect(await rounded(1)).not.toEqual(await rounded(2));
  });

  it('is one for weights that two layers share', async () => {
    const graph = net(true);
    const { plan, converted } = await carry({
      graph,
      recipe: { ...stockRecipe('weight-only-int4'), io: 'float32', steps: [step()] },
    });
    expect(plan.values['w3']!.rounded).toHaveLength(256);
    const [nearest] = [
      await carry({ graph, recipe: { ...stockRecipe('weight-only-int4'), io: 'float32' } }, []),
    ];
    expect(await errorOf(graph, converted)).toBeLessThan(await errorOf(graph, nearest.converted));
  });

  it('settles the layers between two joints together, no worse behind them', async () => {
    const options = { iterations: 150, unit: 'block' } as const;
    const nearest = await carry({}, []);
    const { graph, converted, plan, recipe } = await carry({}, [step({ options })]);
    expect(recipe.steps[0]).toMatchObject({ options });
    expect(plan.values['w1']!.rounded).toBeDefined();
    expect(await errorOf(graph, converted)).toBeLessThan(
      (await errorOf(nearest.graph, nearest.converted)) * 0.6,
    );
  });

  it('keeps what was done when it is stopped, and says so', async () => {
    const stop: StopFlag = { stopped: false };
    const onReport = (label: string) => {
      if (label.includes('layer 2')) stop.stopped = true;
    };
    const { plan } = await carry({ stop, onReport });
    expect(plan.values['w1']!.rounded).toBeDefined();
    expect(plan.values['w3']!.rounded).toBeUndefined();
    expect(stop.stopped).toBe(false);
  });

  it('is refused without samples, with numbers that are none, without integer weights', async () => {
    const recipe = stockRecipe('weight-only-int4', { io: 'float32', steps: [step()] });
    await expect(
      carry({ recipe, roles: { ...roles, calibration: [], training: [] } }),
    ).rejects.toThrow(/SQuant/);
    const read = () => Promise.resolve({ inputs: [new Float32Array(72).fill(NaN)], targets: [] });
    await expect(carry({ recipe, samples: samplesOf({ read }) })).rejects.toThrow(
      /Layer "conv" gets NaN from a calibration sample/,
    );
    await expect(carry({ scheme: 'float16' })).rejects.toThrow(/no weights on an integer grid/);
    await expect(carry({}, [step({ options: { iterations: 0 } })])).rejects.toThrow(
      /iterations must be a whole number above 0/,
    );
  });
});

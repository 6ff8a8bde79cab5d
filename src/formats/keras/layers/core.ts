/** Dense, Embedding, and the layers that do nothing in inference. */
import { emit, floatConstant, intConstant, malformed, scalarConstant } from '../../build/emit';
import { shapeOf } from '../../build/emit';
import { readActivation } from './activation';
import { field, flag, integer, number } from './fields';
import { permute } from '../../build/layout';
import type { LayerCall, LayerDefinition } from './layer';
import { onlyInput } from './layer';
import { weight } from './layer';

const plain = { activation: 'NONE' } as const;

function dense(call: LayerCall): number {
  const input = onlyInput(call);
  const shape = shapeOf(call, input);
  if (shape.length < 2) return malformed('it needs an input of 2 or more dimensions.');
  const depth = shape.at(-1)!;
  const units = integer(call.config, 'units');
  const activation = readActivation(call, true);
  const kernel = weight(call, 0, 'kernel', [depth, units]);
  const weights = floatConstant(
    call,
    'kernel',
    [units, depth],
    permute(kernel, [depth, units], [1, 0]),
  );
  const operands = [input, weights];
  if (flag(call.config, 'use_bias', true))
    operands.push(floatConstant(call, 'bias', [units], weight(call, 1, 'bias', [units])));
  const attrs = {
    activation: activation.fused,
    keepNumDims: shape.length > 2,
    asymmetricQuantizeInputs: false,
  };
  return activation.apply(emit(call, 'FULLY_CONNECTED', attrs, operands));
}

function embedding(call: LayerCall): number {
  const input = onlyInput(call);
  const rows = integer(call.config, 'input_dim');
  const columns = integer(call.config, 'output_dim');
  const data = weight(call, 0, 'embeddings', [rows, columns]);
  const table = floatConstant(call, 'embeddings', [rows, columns], data);
  const { dtype } = call.writer.value(input);
  const indices =
    dtype === 'int32' || dtype === 'int64'
      ? input
      : emit(call, 'CAST', { to: 'int32' }, [input], 'cast');
  return emit(call, 'GATHER', { axis: 0, batchDims: 0 }, [table, indices]);
}

/** x where any feature differs from mask_value, else 0; later layers get the mask as well. */
function masking(call: LayerCall): number {
  const input = onlyInput(call);
  const marker = scalarConstant(call, 'mask_value', number(call.config, 'mask_value', 0));
  const differs = emit(call, 'NOT_EQUAL', {}, [input, marker], 'differs');
  const asFloat = emit(call, 'CAST', { to: 'float32' }, [differs], 'differs_float');
  const axis = intConstant(call, 'axis', [-1]);
  const any = emit(call, 'REDUCE_MAX', { keepDims: true }, [asFloat, axis], 'any');
  return emit(call, 'MUL', plain, [input, any]);
}

/** One factor per feature (keras.src.applications.convnext). */
function layerScale(call: LayerCall): number {
  const input = onlyInput(call);
  const shape = [integer(call.config, 'projection_dim')];
  const gamma = floatConstant(call, 'gamma', shape, weight(call, 0, 'gamma', shape));
  return emit(call, 'MUL', plain, [input, gamma]);
}

export const identity: LayerDefinition = { rule: (call) => call.inputs, anyType: true };

const masksZero = (call: LayerCall) =>
  field(call.config, 'mask_zero') !== undefined && flag(call.config, 'mask_zero', false);

export const coreLayers: Readonly<Record<string, LayerDefinition>> = {
  Dense: { rule: dense },
  Embedding: { rule: embedding, anyType: true, mask: 'starts' },
  LayerScale: { rule: layerScale },
  Masking: { rule: masking, mask: 'starts' },
  Identity: identity,
  // Regularization: only in training.
  Dropout: identity,
  SpatialDropout1D: identity,
  SpatialDropout2D: identity,
  SpatialDropout3D: identity,
  AlphaDropout: identity,
  GaussianDropout: identity,
  GaussianNoise: identity,
  ActivityRegularization: identity,
  StochasticDepth: identity,
};

/** Whether this call's output carries a Keras mask of its own. */
export function startsMask(call: LayerCall): boolean {
  return call.type === 'Embedding' ? masksZero(call) : true;
}

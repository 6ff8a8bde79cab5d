/** Rules and configurations in LiteRT Quantizer's terms, which stock and named recipes are made of. */
import type { IntegerType } from './targets/target';
import type { OpConfig, RecipeRule, TensorConfig } from './types';

export type Granularity = TensorConfig['granularity'];

const activations = (type: IntegerType): TensorConfig => ({
  num_bits: type === 'int16' ? 16 : 8,
  symmetric: type === 'int16',
  granularity: 'TENSORWISE',
  dtype: 'INT',
});
const weights = (granularity: Granularity, bits: 4 | 8): TensorConfig => ({
  num_bits: bits,
  symmetric: true,
  granularity,
  dtype: 'INT',
});

export const staticConfig = (
  granularity: Granularity,
  bits: 4 | 8 = 8,
  type: IntegerType = 'int8',
): OpConfig => ({
  activation_tensor_config: activations(type),
  weight_tensor_config: weights(granularity, bits),
  compute_precision: 'INTEGER',
  explicit_dequantize: false,
  skip_checks: false,
  min_weight_elements: 0,
});

/** Smaller weights stay float with dynamic range, as in TFLite's converter (minimum_elements_for_weights). */
export const DYNAMIC_MIN_ELEMENTS = 1024;

/** @param least fewer weights stay float */
export const dynamicConfig = (granularity: Granularity, bits: 4 | 8, least: number): OpConfig => ({
  weight_tensor_config: weights(granularity, bits),
  compute_precision: 'INTEGER',
  explicit_dequantize: false,
  skip_checks: false,
  min_weight_elements: least,
});

export const weightOnlyConfig = (granularity: Granularity, bits: 4 | 8 = 8): OpConfig => ({
  weight_tensor_config: weights(granularity, bits),
  compute_precision: 'FLOAT',
  explicit_dequantize: true,
  skip_checks: false,
  min_weight_elements: 0,
});

export const rule = (
  op_config: OpConfig,
  algorithm_key: RecipeRule['algorithm_key'] = 'min_max_uniform_quantize',
  operation = '*',
  regex = '.*',
): RecipeRule => ({ regex, operation, algorithm_key, op_config });

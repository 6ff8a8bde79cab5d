import { expect, test } from 'vitest';
import { shortName } from './names';

test('names of fused tensors are their layer’s, long ones lose the middle', () => {
  expect(shortName('block4_dw')).toBe('block4_dw');
  expect(shortName('model/activation/Relu;model/conv2d/BiasAdd;model/conv2d/Conv2D1')).toBe(
    'conv2d/Conv2D1',
  );
  expect(shortName('a/Relu;functional_1/conv2d_3/BiasAdd/ReadVariableOp/resource1')).toBe(
    'conv2d_3',
  );
  expect(shortName('a_rather_long_name_of_a_layer_17', 16)).toBe('a_rat…a_layer_17');
  expect(shortName('BiasAdd')).toBe('BiasAdd');
});

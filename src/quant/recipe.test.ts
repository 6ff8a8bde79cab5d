import { describe, expect, it } from 'vitest';
import { builder } from '../testing/graphs';
import { plan } from './plan';
import { readRecipeJson, stockRecipe, withOverrides, writeRecipeJson } from './recipe';
import { requestsOf } from './requests';

const node = (name: string, op: 'TANH' | 'TRANSPOSE' = 'TANH') => {
  const b = builder();
  b.node(op, name, {}, [b.input('x', [1])], [1]);
  return b.graph([1]).nodes[0]!;
};

// default_a8w8_recipe.json and sample_advanced_usage_recipe.json of google-ai-edge/ai-edge-quantizer 0.10, abridged.
const a8w8 = {
  regex: '.*',
  operation: '*',
  algorithm_key: 'min_max_uniform_quantize',
  op_config: {
    activation_tensor_config: {
      num_bits: 8,
      symmetric: false,
      granularity: 'TENSORWISE',
      dtype: 'INT',
    },
    weight_tensor_config: {
      num_bits: 8,
      symmetric: true,
      granularity: 'CHANNELWISE',
      dtype: 'INT',
    },
    compute_precision: 'INTEGER',
    explicit_dequantize: false,
    skip_checks: false,
    min_weight_elements: 0,
  },
};
const noConv = { regex: '.*', operation: 'CONV_2D', algorithm_key: 'no_quantize' };

describe('recipes', () => {
  it('LiteRT Quantizer files come back as they were', () => {
    const text = JSON.stringify([a8w8, noConv]);
    expect(JSON.parse(writeRecipeJson(readRecipeJson(text)))).toEqual([a8w8, noConv]);
    expect(readRecipeJson(text)).toMatchObject({ scheme: 'custom', io: 'int8' });
  });

  it.each(['float16', 'dynamic', 'int8', 'int8-per-tensor', 'int4'] as const)(
    '%s is written and read',
    (id) => {
      const recipe = stockRecipe(id);
      expect(readRecipeJson(writeRecipeJson(recipe)).rules).toEqual(recipe.rules);
    },
  );

  it('later rules win; names are matched whole and literally', () => {
    const recipe = withOverrides(stockRecipe('int8'), { 'block/conv.1': 'float' });
    const request = requestsOf(recipe);
    expect(request(node('block/conv.1')).scheme).toBe('float32');
    expect(request(node('block/conv.10')).scheme).toBe('int8');
    expect(request(node('block/convx1')).scheme).toBe('int8');
  });

  it('int8 in a float16 recipe is int8 in full', () => {
    const request = requestsOf(withOverrides(stockRecipe('float16'), { a: 'int8' }));
    expect(request(node('a')).scheme).toBe('int8');
    expect(request(node('b')).scheme).toBe('float16');
  });

  it('float border where no activation is quantized', () => {
    expect(stockRecipe('dynamic', { io: 'int8' }).io).toBe('float32');
    expect(stockRecipe('int8').io).toBe('int8');
  });

  it.each([
    ['{}', /not a JSON list/],
    ['nonsense', /not a JSON list/],
    ['[3]', /Rule 1 of the recipe is not an object/],
    [JSON.stringify([{ ...a8w8, colour: 1 }]), /Rule 1 of the recipe has "colour"/],
    [JSON.stringify([{ ...a8w8, algorithm_key: 'GPTQ' }]), /algorithm_key .*"GPTQ"/],
    [
      JSON.stringify([{ ...a8w8, op_config: { ...a8w8.op_config, hadamard: 1 } }]),
      /op_config of the recipe has "hadamard"/,
    ],
    [
      JSON.stringify([
        { ...a8w8, op_config: { weight_tensor_config: { num_bits: 4, block_size: 32 } } },
      ]),
      /blockwise/,
    ],
  ])('refuses %s', (text, message) => {
    expect(() => readRecipeJson(text)).toThrow(message);
  });

  it.each([
    [{ regex: '(' }, /regular expression/],
    [{ regex: '^(?!logits).*$' }, /can't take: \^\(\?!logits\)\.\*\$ .*Look-around/],
    [
      {
        op_config: {
          ...a8w8.op_config,
          weight_tensor_config: { ...a8w8.op_config.weight_tensor_config, num_bits: 2 },
        },
      },
      /8-bit or 4-bit/,
    ],
    [
      {
        op_config: {
          ...a8w8.op_config,
          activation_tensor_config: { ...a8w8.op_config.activation_tensor_config, num_bits: 16 },
        },
      },
      /8-bit/,
    ],
  ])('the plan refuses %j', (change, message) => {
    const b = builder();
    const graph = b.graph([b.node('TANH', 't', {}, [b.input('x', [1])], [1])]);
    const recipe = readRecipeJson(JSON.stringify([{ ...a8w8, ...change }]));
    expect(() => plan(graph, recipe)).toThrow(message);
  });
});

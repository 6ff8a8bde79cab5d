import { describe, expect, it } from 'vitest';
import { IntactError } from '../../model/error';
import { validate } from '../../model/validate';
import { emit, floatConstant, intConstant, malformed, reshapeTo, unsupported } from './emit';
import { guarded } from './guarded';
import { dilate, permute } from './layout';
import { createWriter, type Writer } from './writer';

const site = (writer: Writer, path: string, inputs: readonly number[] = []) => ({
  writer,
  path,
  scope: path,
  type: 'Custom',
  inputs,
});

describe('createWriter', () => {
  it('gives a valid graph of unique names, whose batch is open', () => {
    const writer = createWriter({ batchFirst: true });
    const x = writer.input('x', [1, 4, 3], 'float32');
    const layer = site(writer, 'x');
    const y = reshapeTo(layer, x, [12]);
    const z = reshapeTo(layer, y, [3, 4]);
    const graph = writer.finish('g', [z]);
    validate(graph);
    expect(graph.nodes.map(({ name }) => name)).toEqual(['x', 'x_1']);
    expect(graph.layers).toEqual([{ name: 'x', type: 'Custom' }]);
    expect(graph.values[z]).toMatchObject({ shape: [1, 3, 4], signature: [-1, 3, 4] });
  });

  it('has no signature without a batch', () => {
    const writer = createWriter();
    const x = writer.input('x', [1, 4], 'float32');
    expect(writer.value(x).signature).toBeUndefined();
  });

  it('keeps one constant of equal ones, and tells others of the name apart', () => {
    const writer = createWriter();
    const layer = site(writer, 'layer');
    const first = floatConstant(layer, 'c', [2], [1, NaN]);
    expect(floatConstant(layer, 'c', [2], [1, NaN])).toBe(first);
    expect(floatConstant(layer, 'c', [2, 1], [1, NaN])).not.toBe(first);
    expect(intConstant(layer, 'c', [1, 2])).not.toBe(first);
    expect(() => floatConstant(layer, 'c', [3], [1, 2])).toThrow(/2 numbers/);
  });

  it('forgets everything after a mark, names too', () => {
    const writer = createWriter();
    const x = writer.input('x', [2], 'float32');
    const mark = writer.mark();
    const half = floatConstant(site(writer, 'a'), 'half', [], [0.5]);
    emit(site(writer, 'a'), 'MUL', { activation: 'NONE' }, [x, half]);
    writer.rollback(mark);
    const y = emit(site(writer, 'a'), 'NEG', {}, [x]);
    const graph = writer.finish('g', [y]);
    validate(graph);
    expect(graph.values.map(({ name }) => name)).toEqual(['x', 'a']);
    expect(graph.layers).toHaveLength(1);
  });
});

describe('guarded', () => {
  const refused = (reason: string) => () => unsupported(reason);

  it('puts a node in place of what cannot run, and names what follows from its guessed shape', () => {
    const writer = createWriter();
    const doubtful = new Set<number>();
    const x = writer.input('x', [2, 3], 'float32');
    const shapes = () => [[2, 5]];
    const [y] = guarded(site(writer, 'a', [x]), doubtful, shapes, refused('it is odd.'));
    const [z] = guarded(site(writer, 'b', [y!]), doubtful, shapes, () => malformed('its size.'));
    const graph = writer.finish('g', [z!]);
    expect(graph.nodes.map(({ op }) => op)).toEqual(['UNSUPPORTED', 'UNSUPPORTED']);
    expect(graph.values[y!]!.shape).toEqual([2, 5]);
    expect([...doubtful]).toEqual([y, z]);
    expect(writer.issues.map(({ layer, message }) => [layer, message])).toEqual([
      ['a', 'Layer "a" (Custom) cannot be run or quantized: it is odd.'],
      ['b', expect.stringContaining('it follows a layer that cannot be run')],
    ]);
  });

  it('refuses damage by the name of its layer', () => {
    const writer = createWriter();
    const run = () =>
      guarded(
        site(writer, 'a'),
        new Set(),
        () => [],
        () => malformed('no kernel.'),
      );
    expect(run).toThrow(
      new IntactError('malformed', 'Layer "a" (Custom): no kernel.', { layer: 'a' }),
    );
  });
});

describe('layouts', () => {
  // np.arange(6).reshape(2, 3).T.ravel()
  it('permutes as numpy does', () => {
    const moved = permute(Float32Array.of(0, 1, 2, 3, 4, 5), [2, 3], [1, 0]);
    expect([...moved]).toEqual([0, 3, 1, 4, 2, 5]);
  });

  it('puts zeros between the taps', () => {
    const { data, shape } = dilate(Float32Array.of(1, 2, 3, 4), [2, 2, 1, 1], [1, 2]);
    expect(shape).toEqual([2, 3, 1, 1]);
    expect([...data]).toEqual([1, 0, 2, 3, 0, 4]);
  });
});

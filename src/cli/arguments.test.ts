import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments';

const words = (line: string) => line.split(' ');

describe('the command line', () => {
  it('takes the forms that pipelines use', () => {
    const args = parseArguments(
      words(
        'quantize model.json weights.bin --data a.npz --scheme int8 --calibration percentile:99.99 --samples 50 --out x.tflite --report r.json',
      ),
    );
    expect(args).toMatchObject({
      command: 'quantize',
      files: ['model.json', 'weights.bin'],
      data: ['a.npz'],
      scheme: 'int8',
      calibration: { method: 'percentile', percentile: 99.99 },
      samples: 50,
      out: 'x.tflite',
      report: 'r.json',
    });
    expect(parseArguments(words('inspect m.h5 --json'))).toMatchObject({ json: true });
    expect(
      parseArguments(words('evaluate m.h5 --data x.npy y.npy --categories sex=F,M,I')),
    ).toMatchObject({ data: ['x.npy', 'y.npy'], categories: { sex: ['F', 'M', 'I'] } });
    expect(parseArguments([])).toMatchObject({ command: 'help' });
  });

  it.each([
    'train m.h5',
    'inspect',
    'quantize m.h5 --scheme int8',
    'quantize m.h5 --scheme int7 --out x',
    'quantize m.h5 --out',
    'quantize m.h5 --out x --samples 0',
    'quantize m.h5 --out x --calibration percentile:5',
    'evaluate m.h5',
    'inspect m.h5 --frobnicate 1',
  ])('refuses "%s" as wrong usage, with the usage', (line) => {
    try {
      parseArguments(words(line));
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'usage' });
      expect((error as Error).message).toContain('Usage:');
    }
  });
});

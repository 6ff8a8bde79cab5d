/** The shell's words for repairs, and the steps that they are. */
import { describe, expect, it } from 'vitest';
import { builder, plain } from '../testing/graphs';
import { parseArguments } from './arguments';
import { parseRepairs, repairSteps } from './repairs';

const b = builder();
const x = b.input('x', [1, 2]);
const ends = ['one', 'two'].map((name) => b.node('RELU', name, {}, [x], [1, 2]));
const headless = b.graph(ends);
const joined = b.graph([b.node('CONCATENATION', 'head', { ...plain, axis: 1 }, ends, [1, 4])]);

describe('--repair', () => {
  it('takes words in any order, and makes steps in the order that works', () => {
    const words = parseRepairs('bias, squant,tie,equalize,absorb,split,tie');
    expect(repairSteps(words, joined, 7)).toEqual([
      { kind: 'split-head', node: 'head' },
      { kind: 'equalize', relu6: 'keep', absorb: true },
      { kind: 'tie-ranges' },
      { kind: 'round', method: 'squant', seed: 7, options: {} },
      { kind: 'correct-bias' },
    ]);
    expect(repairSteps(parseRepairs('equalize-relu'), joined, 1)).toEqual([
      { kind: 'equalize', relu6: 'replace', absorb: false },
    ]);
    expect(repairSteps(parseRepairs('absorb'), joined, 1)).toEqual([
      { kind: 'equalize', relu6: 'keep', absorb: true },
    ]);
  });

  it('refuses what it does not know, two ways of one step, and a head that is none', () => {
    expect(() => parseRepairs('equalise')).toThrow(/not "equalise"/);
    expect(() => parseRepairs('')).toThrow(/joined by commas/);
    expect(() => parseRepairs('adaround,squant')).toThrow(/adaround or squant, not both/);
    expect(() => repairSteps(['split'], headless, 1)).toThrow(/no CONCATENATION ends this model/);
    const line = (text: string) => parseArguments(text.split(' '));
    expect(() => line('quantize m.h5 --out x.tflite --repair nonsense')).toThrow(/Usage:/);
    expect(() => line('inspect m.h5 --repair bias')).toThrow(/--repair belongs to quantize/);
    expect(line('quantize m.h5 --out x.tflite --repair bias').repairs).toEqual(['bias']);
  });
});

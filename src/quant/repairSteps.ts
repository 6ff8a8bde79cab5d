/**
 * Steps that repair: each changes the float graph without changing what it computes, or how the graph is
 * rounded. Carried out by jobs/repair, in the order of the recipe; `repairOrder` is the one that works.
 */

/**
 * Cross-layer equalization (arXiv 1906.04721 §4.1) and, with `absorb`, bias absorption (§4.1.3). Across
 * RELU6 a channel that reaches the cap in calibration keeps scale 1 and the others stay below it;
 * `replace`: RELU6 becomes RELU first, which changes the float model.
 */
export interface EqualizeStep {
  readonly kind: 'equalize';
  readonly relu6: 'keep' | 'replace';
  readonly absorb: boolean;
}

/** The inputs of CONCATENATION and ADD get one common range, so that nothing is put on another grid there. */
export interface TieStep {
  readonly kind: 'tie-ranges';
  /** Nodes by name; default: every CONCATENATION and ADD whose inputs have like ranges. */
  readonly nodes?: readonly string[];
}

/** The CONCATENATION that ends the model is taken away: its inputs are outputs of their own. */
export interface SplitHeadStep {
  readonly kind: 'split-head';
  readonly node: string;
}

/**
 * Weights are rounded so that the layer's result is near, not each weight.
 * `adaround`: arXiv 2004.10568 on quantized inputs, with QDrop's mask (2203.05740). `squant`: arXiv
 * 2202.07471, which needs no samples.
 */
export interface RoundStep {
  readonly kind: 'round';
  readonly method: 'adaround' | 'squant';
  /** Of positions, batches and masks. */
  readonly seed: number;
  readonly options: Partial<RoundOptions>;
}
export interface RoundOptions {
  /** One layer at a time, or the layers between two joints of a residual network together. */
  readonly unit: 'layer' | 'block';
  readonly iterations: number;
  /** Calibration samples at most. */
  readonly samples: number;
  /** Output positions of a layer that are reconstructed. */
  readonly positions: number;
  /** Chance that an input is taken quantized (QDrop); 1: always. */
  readonly quantized: number;
}

/** Empirical bias correction (arXiv 1906.04721 §4.2, appendix D), layer by layer on quantized inputs. */
export interface CorrectBiasStep {
  readonly kind: 'correct-bias';
  /** Calibration samples at most. */
  readonly samples?: number;
}

export type RepairStep = EqualizeStep | TieStep | SplitHeadStep | RoundStep | CorrectBiasStep;

/** Order in which repairs are carried out; a training comes after them. */
export const repairOrder = [
  'split-head',
  'equalize',
  'tie-ranges',
  'round',
  'correct-bias',
] as const satisfies readonly RepairStep['kind'][];

/** What a rule of diagnosis is: a cause with its source and thresholds, found in what was measured. */
import type { RecipeChange } from '../../quant/change';
import type { Fix, RuleId } from '../../run/findings';
import type { Ground } from './ground';

export interface Rule {
  readonly id: RuleId;
  /** A few words; a draft may have its own. */
  readonly title: string;
  /** Where the rule and its thresholds come from. */
  readonly source: string;
  readonly thresholds: Readonly<Record<string, number>>;
  /**
   * `cause`: says why a layer is bad. `sign`: says that it is, or where; gives way to a cause in the same
   * layers. `cost`: of bytes and time; never ahead of what costs the score.
   */
  readonly kind: 'cause' | 'sign' | 'cost';
  /** Says nothing of made-up samples. */
  readonly needsRealSamples: boolean;
  find(ground: Ground): readonly Draft[];
}

/** What a rule has found, before costs, chance and predictions are worked out in one way for all. */
export interface Draft {
  readonly title?: string;
  /** In any order. */
  readonly layers: readonly Blamed[];
  readonly reason: string;
  readonly fixes: readonly FixDraft[];
  /** Seen in the model's output itself: counts as a loss however good the averages look. dB below what is good. */
  readonly lost?: { readonly db: number; readonly label: string; readonly samples: number };
  /** Seen in the answers: said beside its cause. */
  readonly seenInOutput?: boolean;
  /** Nothing is lost by it that samples could show. */
  readonly harmless?: boolean;
}
export interface Blamed {
  readonly id: string;
  /** Part of this layer's own noise that the cause makes, 0…1. */
  readonly explains: number;
}

export interface FixDraft {
  readonly id: string;
  readonly label: string;
  readonly change: RecipeChange;
  readonly note?: string;
  readonly bytes?: number;
  readonly ms?: number;
  /** What is left of the noise of each layer that it changes, 0…1 (above 1: more than before), and how that is known. */
  readonly left?: Readonly<Record<string, number>>;
  readonly how?: string;
  /** The prediction itself, where it doesn't come from noise that is left. */
  readonly predicted?: Fix['predicted'];
}

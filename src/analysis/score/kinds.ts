/** The list of kinds of score. A new one: a file beside this, a line here, a member of ScoreKind (README.md). */
import type { ScoreKind } from '../../run/figures';
import { agreement } from './agreement';
import { binary } from './binary';
import { classes } from './classes';
import { likeness } from './likeness';
import { mask } from './mask';
import { multiLabel } from './multiLabel';
import { numbers } from './numbers';
import { reconstruction } from './reconstruction';
import type { KindOfScore } from './score';

export const kindsOfScore: { readonly [K in ScoreKind]: KindOfScore<K> } = {
  classes,
  binary,
  'multi-label': multiLabel,
  numbers,
  mask,
  reconstruction,
  agreement,
  likeness,
};

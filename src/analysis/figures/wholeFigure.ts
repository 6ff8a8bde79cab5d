/** What a figure of a whole run is. */
import type { Run } from '../../run/types';
import type { Figure } from './figure';

/** As much of a run as the figures read. */
export interface Measured {
  readonly made: Pick<Run['made'], 'layers'>;
  readonly figures: Pick<Run['figures'], 'whole' | 'float' | 'likeness' | 'fakeQuant' | 'parts'>;
}

export interface WholeFigure extends Figure<Measured> {
  /** Head of the column in the Runs table, which shows those with `table`. */
  readonly head: string;
  readonly table: boolean;
}

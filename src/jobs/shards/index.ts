/** The one list of what several workers can share. */
import type { Backend } from '../../engine/engine';
import { answersShard } from '../dial/answers';
import { branchesShard } from '../dial/branches';
import { errorsShard } from '../measure/errors';
import { sensitivityShard } from '../measure/sensitivity';
import { statisticsShard } from '../quantize/statistics';
import type { ShardKind, ShardOf, ShardTable } from './types';

export const shards: {
  readonly [K in ShardKind]: (
    setup: ShardTable[K]['setup'],
    backend: Backend,
  ) => Promise<ShardOf<K>>;
} = {
  statistics: statisticsShard,
  errors: errorsShard,
  sensitivity: sensitivityShard,
  answers: answersShard,
  branches: branchesShard,
};

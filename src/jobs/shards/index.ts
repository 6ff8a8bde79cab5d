/** The one list of what several workers can share. */
import type { Backend } from '../../engine/engine';
import { errorsShard } from '../measure/errors';
import { sensitivityShard } from '../measure/sensitivity';
import { statisticsShard } from '../quantize/statistics';
import type { Shard, ShardKind, ShardTable } from './types';

export const shards: {
  readonly [K in ShardKind]: (setup: ShardTable[K]['setup'], backend: Backend) => Promise<Shard<K>>;
} = { statistics: statisticsShard, errors: errorsShard, sensitivity: sensitivityShard };

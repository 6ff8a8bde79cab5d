/** Data movement, for every dtype: outputs are inputs' elements in another order. */
import { joined } from '../table';
import { arrangeKernels } from './arrange';
import { gatherKernels } from './gather';
import { sliceKernels } from './slice';

export const moveKernels = joined(arrangeKernels, gatherKernels, sliceKernels);

/**
 * TF.js as this room uses it: the core, its gradients and one backend. The registrations are imports
 * for their side effects, which bundlers drop unless they are named here.
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';

export * as tf from '@tensorflow/tfjs-core';
export type { Tensor as TfTensor, TensorInfo } from '@tensorflow/tfjs-core';

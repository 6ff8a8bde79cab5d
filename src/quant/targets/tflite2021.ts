import { cpu } from './cpu';
import type { Target } from './target';

/**
 * The runtime inside @tensorflow/tfjs-tflite. Its XNNPACK has no kernel for per-channel
 * FULLY_CONNECTED and TRANSPOSE_CONV: the builtin kernels requantize them in fixed point, and with
 * dynamic range it refuses per-channel FULLY_CONNECTED (op version 12). Per-tensor, it gives the same
 * numbers as the current LiteRT, so stock recipes ask for that.
 */
export const tflite2021: Target<'tflite-2021'> = {
  ...cpu,
  id: 'tflite-2021',
  label: 'TFLite (2021)',
  note: '@tensorflow/tfjs-tflite; dense and transposed convolutions per-tensor',
  source: 'https://www.npmjs.com/package/@tensorflow/tfjs-tflite; measured',
  version: '0.0.1-alpha.10',
  date: '2026-11-26',
  perChannel: {
    int8: {
      CONV_2D: 'stock',
      DEPTHWISE_CONV_2D: 'stock',
      FULLY_CONNECTED: 'on-request',
      TRANSPOSE_CONV: 'on-request',
    },
    int16: {},
    dynamic: { CONV_2D: 'stock', DEPTHWISE_CONV_2D: 'stock' },
  },
  fusesTransposeConv: false,
  int16: {},
  int4: { int8: new Set(), int16: new Set(), dynamic: new Set(), 'weight-only': new Set() },
  rounding: {
    usual: 'xnnpack-f32',
    perChannel: {
      FULLY_CONNECTED: 'fixed-point',
      TRANSPOSE_CONV: 'fixed-point',
      // float32 → int16 only.
      QUANTIZE: 'fixed-point',
    },
  },
};

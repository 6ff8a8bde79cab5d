import { cpu } from './cpu';
import { cpu16 } from './cpu16';
import type { Target } from './target';

/** The current LiteRT: what `ai-edge-litert`, LiteRT.js and today's Android and iOS packages run. */
export const litert: Target<'litert'> = {
  ...cpu,
  id: 'litert',
  label: 'LiteRT (current)',
  note: 'ai-edge-litert, LiteRT.js, Android and iOS packages of today',
  source:
    'https://github.com/google-ai-edge/LiteRT, tflite/delegates/xnnpack; measured with ai-edge-litert',
  version: '2.3',
  date: '2026-11-26',
  int16: cpu16,
  perChannel: {
    int8: {
      CONV_2D: 'stock',
      DEPTHWISE_CONV_2D: 'stock',
      FULLY_CONNECTED: 'stock',
      TRANSPOSE_CONV: 'stock',
    },
    int16: {
      CONV_2D: 'stock',
      DEPTHWISE_CONV_2D: 'stock',
      FULLY_CONNECTED: 'stock',
      TRANSPOSE_CONV: 'stock',
    },
    dynamic: { CONV_2D: 'stock', DEPTHWISE_CONV_2D: 'stock', FULLY_CONNECTED: 'stock' },
  },
  fusesTransposeConv: true,
  int4: {
    int8: new Set(['CONV_2D', 'DEPTHWISE_CONV_2D', 'FULLY_CONNECTED']),
    int16: new Set(['CONV_2D', 'FULLY_CONNECTED']),
    dynamic: new Set(),
    'weight-only': new Set(['CONV_2D', 'DEPTHWISE_CONV_2D', 'FULLY_CONNECTED', 'TRANSPOSE_CONV']),
  },
  rounding: { usual: 'xnnpack-f32', perChannel: {} },
};

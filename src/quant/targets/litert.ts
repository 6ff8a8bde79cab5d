import { cpu } from './cpu';
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
  perChannel: {
    int8: {
      CONV_2D: 'stock',
      DEPTHWISE_CONV_2D: 'stock',
      FULLY_CONNECTED: 'stock',
      TRANSPOSE_CONV: 'stock',
    },
    dynamic: { CONV_2D: 'stock', DEPTHWISE_CONV_2D: 'stock', FULLY_CONNECTED: 'stock' },
  },
  fusesTransposeConv: true,
  int4: new Set(['CONV_2D', 'DEPTHWISE_CONV_2D', 'FULLY_CONNECTED']),
  rounding: { usual: 'xnnpack-f32', perChannel: {} },
};

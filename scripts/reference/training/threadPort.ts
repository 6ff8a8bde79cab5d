/** A port of node's worker_threads with the listeners of a browser's. */
import type { TransferListItem } from 'node:worker_threads';
import type { Port } from '../../../src/train/port';

interface ThreadPort {
  postMessage(message: unknown, transfer?: readonly TransferListItem[]): void;
  on(type: 'message', listener: (data: unknown) => void): unknown;
}

export const portOf = (port: ThreadPort): Port => ({
  postMessage: (message, transfer) => {
    port.postMessage(message, transfer);
  },
  addEventListener: (_, listener) => {
    port.on('message', (data) => {
      listener({ data });
    });
  },
});

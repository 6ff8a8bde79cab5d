/** Thread entry: computes gradients for a training in the main thread (src/train/port.ts). */
import { parentPort } from 'node:worker_threads';
import { serveGradients, type Port } from '../train/port';

serveGradients(parentPort as unknown as Port);

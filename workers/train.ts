/** Worker entry: computes gradients for a training that runs in another worker (src/train/port.ts). */
import { serveGradients, type Port } from '../src/train/port';

serveGradients(self as unknown as Port);

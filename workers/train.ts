/** Worker entry: computes gradients for a training that runs in another worker (src/train/port.ts). */
import { holdAlive } from '../src/jobs/alive';
import { serveGradients, type Port } from '../src/train/port';

holdAlive(navigator.locks as LockManager | undefined, self.name);
serveGradients(self as unknown as Port);

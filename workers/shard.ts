/** Worker entry: shares the samples of a job that runs in another worker (src/jobs/shards/serve.ts). */
import { holdAlive } from '../src/jobs/alive';
import { serveShards } from '../src/jobs/shards/serve';

holdAlive(navigator.locks as LockManager | undefined, self.name);
serveShards(self);

/** Worker entry: every job of the studio, one worker at a time (src/jobs/client.ts). */
import { createLocalJobs } from '../src/jobs';
import { slimmed } from '../src/jobs/slim';
import { expose } from '../src/jobs/wire';

const litert = new URL(`${import.meta.env.BASE_URL}litert/`, self.location.origin + self.name);
expose(slimmed(createLocalJobs(litert.href)));

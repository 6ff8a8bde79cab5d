/** A thread of node that computes gradients, as workers/train.ts is in the page. */
import { parentPort } from 'node:worker_threads';
import { serveGradients } from '../../../src/train/port';
import { portOf } from './threadPort';

serveGradients(portOf(parentPort!));

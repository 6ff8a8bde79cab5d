/** Worker entry: places the nodes of a graph view (src/ui/graph/layout.ts). */
import { expose } from 'comlink';
import { layOut } from '../src/ui/graph/layout';

expose(layOut);

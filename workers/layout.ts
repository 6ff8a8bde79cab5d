/** Worker entry: places the nodes of a graph view (src/ui/graph/layout.ts). */
import { layOut, type LayoutRequest } from '../src/ui/graph/layout';

self.addEventListener('message', ({ data }: MessageEvent<LayoutRequest>) => {
  self.postMessage(layOut(data));
});

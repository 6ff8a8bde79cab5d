import { useReactFlow } from '@xyflow/react';
import { useEffect } from 'react';
import type { Layout } from './layout';
import { nodeHeight, nodeWidth } from './useLayout';

/** Brings the layer that was selected in another view into sight. */
export function FollowSelection({ selected, layout }: { selected?: string; layout: Layout }) {
  const flow = useReactFlow();
  useEffect(() => {
    const at = selected === undefined ? undefined : layout[selected];
    if (!at) return;
    const [x, y] = [at.x + nodeWidth / 2, at.y + nodeHeight / 2];
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    void flow.setCenter(x, y, {
      zoom: Math.max(0.7, flow.getZoom()),
      duration: still ? 0 : 250,
    });
  }, [selected, layout, flow]);
  return null;
}

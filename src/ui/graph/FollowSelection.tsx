import { useReactFlow, useStore } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import type { Layout } from './layout';
import { nodeHeight, nodeWidth } from './useLayout';

interface FollowSelectionProps {
  selected?: string;
  /** Where the view begins without a selection. */
  first?: string;
  layout: Layout;
}

const startZoom = 0.9;

/** Brings the layer that was selected in another view into sight; at first, the network's input. */
export function FollowSelection({ selected, first, layout }: FollowSelectionProps) {
  const flow = useReactFlow();
  const height = useStore((state) => state.height);
  const placed = useRef<Layout>(undefined);
  useEffect(() => {
    if (height === 0) return;
    const starting = placed.current !== layout;
    placed.current = layout;
    const chosen = selected === undefined ? undefined : layout[selected];
    const at = chosen ?? (starting && first !== undefined ? layout[first] : undefined);
    if (!at) return;
    const zoom = starting ? startZoom : Math.max(0.7, flow.getZoom());
    const below = chosen ? 0 : height / zoom / 2 - nodeHeight;
    const still = starting || matchMedia('(prefers-reduced-motion: reduce)').matches;
    void flow.setCenter(at.x + nodeWidth / 2, at.y + nodeHeight / 2 + below, {
      zoom,
      duration: still ? 0 : 250,
    });
  }, [selected, first, layout, flow, height]);
  return null;
}

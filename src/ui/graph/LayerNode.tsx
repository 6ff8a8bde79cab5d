import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { none, shape } from '../../analysis/format';
import { shortName } from '../names';
import { tint } from '../figures/colour';
import styles from '../styles/graph.module.css';

export type LayerFlowNode = Node<
  {
    name: string;
    type: string;
    shape: readonly number[];
    /** The chosen figure, in words: colour is never the only carrier. */
    text?: string;
    badness?: number;
  },
  'layer'
>;

export const LayerNode = memo(function LayerNode({ data, selected }: NodeProps<LayerFlowNode>) {
  const { name, type, text, badness } = data;
  return (
    <div
      className={styles.node}
      data-selected={selected || undefined}
      style={{ background: tint(badness, 16), borderLeftColor: tint(badness, 85) }}
      title={`${name}: ${type}, ${shape(data.shape)}`}
    >
      <Handle type="target" position={Position.Top} className={styles.handle} />
      <div className={styles.name}>{shortName(name)}</div>
      <div className={styles.line}>
        <span>{type}</span>
        <b>{text ?? none}</b>
      </div>
      <div className={styles.shape}>{shape(data.shape)}</div>
      <Handle type="source" position={Position.Bottom} className={styles.handle} />
    </div>
  );
});

import '@xyflow/react/dist/style.css';
import { useComputedColorScheme } from '@mantine/core';
import { Controls, ReactFlow, type Edge } from '@xyflow/react';
import { useMemo } from 'react';
import type { Graph } from '../../model/graph';
import { badness, figureById, type FigureRow } from '../../analysis/figures';
import { figureText } from '../../analysis/figures/text';
import { useEntry, useStudio, useView } from '../studio';
import styles from '../styles/graph.module.css';
import { FollowSelection } from './FollowSelection';
import { LayerNode, type LayerFlowNode } from './LayerNode';
import { isDifference, useDifference } from './useDifference';
import { edgesOf, nodeHeight, nodeWidth, useLayout } from './useLayout';

const nodeTypes = { layer: LayerNode };

/** The network as a graph, coloured by the chosen figure; a click selects the layer everywhere. */
export default function GraphView({ graph, rows }: { graph: Graph; rows: readonly FigureRow[] }) {
  const studio = useStudio();
  const { overlay, layer: selected } = useView();
  const scheme = useComputedColorScheme('light');
  const layout = useLayout(graph);
  const run = useEntry()?.run;
  const difference = useDifference();
  const nodes = useMemo((): LayerFlowNode[] => {
    if (!layout) return [];
    const figure = figureById(overlay, run);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return graph.nodes.flatMap((node) => {
      const row = byId.get(node.name);
      const position = layout[node.name];
      if (!position) return [];
      const value = row && figure.value(row);
      const between = isDifference(overlay) ? difference?.layers.get(node.name) : undefined;
      const shown = isDifference(overlay)
        ? between
        : {
            text: value === undefined ? undefined : figureText(figure, value),
            badness: row && badness(figure, row),
          };
      return {
        id: node.name,
        type: 'layer' as const,
        position,
        width: nodeWidth,
        height: nodeHeight,
        selected: node.name === selected,
        data: {
          name: row?.layer ?? node.name,
          type: row?.type ?? node.op,
          shape: row?.outputShape ?? [],
          text: shown?.text,
          badness: shown?.badness,
        },
      };
    });
  }, [layout, graph, rows, overlay, run, selected, difference]);
  const edges = useMemo(
    (): Edge[] =>
      edgesOf(graph).map(([source, target]) => ({ id: `${source}→${target}`, source, target })),
    [graph],
  );
  if (!layout) return <p className={styles.wait}>Placing {graph.nodes.length} layers…</p>;
  return (
    <div className={styles.canvas}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        minZoom={0.08}
        onlyRenderVisibleElements
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        onNodeClick={(_event, node) => studio.view.setState({ layer: node.id })}
        onNodesChange={(changes) => {
          const chosen = changes.find((change) => change.type === 'select' && change.selected);
          if (chosen?.type === 'select') studio.view.setState({ layer: chosen.id });
        }}
        aria-label="Graph of the layers"
      >
        <Controls showInteractive={false} />
        <FollowSelection selected={selected} first={graph.nodes[0]?.name} layout={layout} />
      </ReactFlow>
    </div>
  );
}

import { useMemo } from 'react';
import { weightsMoved, type ComparedLayer, type Comparison } from '../../analysis/compareRuns';
import type { LayerDetail } from '../../run/details';
import type { RunEntry } from '../../state/stores/runs';
import { ChannelRanges } from '../charts/ChannelRanges';
import { Histogram } from '../charts/Histogram';
import { grouped, integer, number } from '../../analysis/format';
import { useView } from '../studio';
import cardStyles from '../styles/card.module.css';
import chartStyles from '../styles/chart.module.css';
import textStyles from '../styles/text.module.css';
import styles from './compare.module.css';
import { Overlaid } from './Overlaid';
import { RunMark } from './RunMark';

interface SameLayerProps {
  comparison: Comparison;
  entries: readonly RunEntry[];
}

interface Side {
  readonly position: number;
  readonly label: string;
  readonly entry: RunEntry;
  /** Name of the layer's operator in this run. */
  readonly node: string;
  readonly detail?: LayerDetail;
}

/** The selected layer of every run: weights, activations with grid and clip range, channel ranges. */
export function SameLayer({ comparison, entries }: SameLayerProps) {
  const { layer: selected } = useView();
  const layer = comparison.layers.find(({ id }) => id === selected);
  return (
    <section className={cardStyles.card} aria-label="Same layer">
      <div className={cardStyles.cardHead}>
        <h2>The same layer</h2>
        {layer && <span className={styles.whole}>{layer.layer}</span>}
      </div>
      {layer ? (
        <Details comparison={comparison} entries={entries} layer={layer} />
      ) : (
        <p className={styles.hint}>Select a layer to see its weights and activations overlaid.</p>
      )}
    </section>
  );
}

function Details({ comparison, entries, layer }: SameLayerProps & { layer: ComparedLayer }) {
  const sides = comparison.runs.flatMap(({ runs: [run], label }, position): Side[] => {
    const entry = entries.find((one) => one.run.id === run!.id);
    const node = layer.rows[position]![0]?.id;
    if (!entry || node === undefined) return [];
    const detail = entry.run.made.details[node];
    return [{ ...{ position, label, entry, node }, ...(detail ? { detail } : {}) }];
  });
  const weights = sides.flatMap(({ position, label, detail }) =>
    detail?.weights ? [{ position, label, histogram: detail.weights.histogram }] : [],
  );
  const activations = sides.flatMap(({ position, label, detail }) => {
    const activation = detail?.activation;
    return activation
      ? [
          {
            ...{ position, label, histogram: activation.histogram },
            clip: [activation.clipMin, activation.clipMax] as const,
          },
        ]
      : [];
  });
  if (weights.length + activations.length === 0)
    return <p className={styles.hint}>No run has weights or ranges of this layer.</p>;
  return (
    <div className={styles.details}>
      {weights.length > 0 && (
        <Overlaid title="Weights" name={`Weights of ${layer.layer} overlaid`} items={weights} />
      )}
      {activations.length > 0 && (
        <Overlaid
          title="Activations and clip ranges"
          name={`Activations of ${layer.layer} overlaid`}
          items={activations}
        />
      )}
      <Moved comparison={comparison} sides={sides} />
      {sides.map((side) => (
        <OneRun key={side.position} side={side} />
      ))}
    </div>
  );
}

function OneRun({ side: { position, label, detail } }: { side: Side }) {
  const { weights, activation } = detail ?? {};
  if (!weights && !activation) return null;
  return (
    <figure>
      <h3>
        <RunMark position={position} /> {label}
      </h3>
      {activation && (
        <>
          <Histogram
            name={`Activations of ${label} on its grid`}
            histogram={activation.histogram}
            step={activation.scale}
            covered={[activation.clipMin, activation.clipMax]}
          />
          <p className={chartStyles.caption}>
            scale {number(activation.scale)}, zero point {integer(activation.zeroPoint)}, clip{' '}
            {number(activation.clipMin)} … {number(activation.clipMax)}
          </p>
        </>
      )}
      {weights && (
        <>
          <ChannelRanges min={weights.channelMin} max={weights.channelMax} />
          <p className={chartStyles.caption}>
            {weights.scale.length === 0
              ? 'weights without a grid: they stay floating-point'
              : weights.scale.length === 1
                ? `one scale, ${number(weights.scale[0]!)}`
                : `${weights.scale.length} scales, ${number(Math.min(...weights.scale))} to ${number(Math.max(...weights.scale))}`}
          </p>
        </>
      )}
    </figure>
  );
}

/** What lies between the baseline's weights and another's: of training, or of a repair. */
function Moved({ comparison, sides }: { comparison: Comparison; sides: readonly Side[] }) {
  const base = sides.find(({ position }) => position === comparison.baseline);
  const moved = useMemo(
    () =>
      sides.flatMap((side) => {
        if (!base || side === base) return [];
        const found = weightsMoved(base.entry.run.made, side.entry.run.made, [
          base.node,
          side.node,
        ]);
        return found && (found.changed > 0 || (found.flipped ?? 0) > 0) ? [{ side, found }] : [];
      }),
    [base, sides],
  );
  return moved.map(({ side, found }) => (
    <figure key={side.position}>
      <h3>
        Δw: <RunMark position={side.position} /> {side.label}{' '}
        <span className={textStyles.muted}>minus</span> {base!.label}
      </h3>
      {found.changed > 0 && (
        <Histogram name={`Change of weights in ${side.label}`} histogram={found.delta} />
      )}
      <p className={chartStyles.caption}>
        {grouped(found.changed)} of {grouped(found.count)} float weights moved
        {found.changed > 0 && `, root mean square ${number(found.rms)}`}
        {found.flipped !== undefined &&
          `; ${grouped(found.flipped)} integers are not the same (roundings flipped or scales moved)`}
        .
      </p>
    </figure>
  ));
}

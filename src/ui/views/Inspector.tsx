import { CloseButton } from '@mantine/core';
import type { RunEntry } from '../../state/runs';
import type { LayerDetail } from '../../analysis/types';
import type { Graph } from '../../model/graph';
import { ChannelRanges } from '../charts/ChannelRanges';
import { Histogram } from '../charts/Histogram';
import { count, grouped, integer, none, number, ratio, sentence, shape } from '../format';
import { metricsOf, type LayerRow, type Metric } from '../metrics';
import { shortName } from '../names';
import type { Why as Reason } from '../../quant/why';
import { short } from '../../quant/words';
import { SyntheticBadge } from '../parts/Badges';
import styles from '../styles/inspector.module.css';
import { TensorList } from './TensorList';

interface InspectorProps {
  row: LayerRow;
  entry?: RunEntry;
  /** The float graph of the model that the layer belongs to. */
  graph?: Graph;
  onClose: () => void;
}

/** Everything that is known about the selected layer. */
export function Inspector({ row, entry, graph, onClose }: InspectorProps) {
  const detail = entry?.run.details[row.id];
  return (
    <section className={styles.inspector} aria-label={`Inspector: ${row.layer}`}>
      <div className={styles.head}>
        <h3 title={row.layer}>{shortName(row.layer, 64)}</h3>
        <CloseButton size="sm" aria-label="Close the inspector" onClick={onClose} />
      </div>
      <p className={styles.sub}>
        {row.type === row.op ? row.op : `${row.type}, ${row.op}`}, output {shape(row.outputShape)}
      </p>
      {row.why && row.scheme && <Why scheme={row.scheme} why={row.why} />}
      <Figures row={row} entry={entry} />
      {entry?.run.samples.synthetic && (
        <p>
          <SyntheticBadge /> <span className={styles.sub}>ranges and errors</span>
        </p>
      )}
      {detail?.weights && <Weights weights={detail.weights} />}
      {detail?.activation && <Activation activation={detail.activation} />}
      {(entry || graph) && (
        <TensorList id={row.id} graph={graph} converted={entry?.run.graph} plan={entry?.run.plan} />
      )}
    </section>
  );
}

function Why({ scheme, why }: { scheme: string; why: Reason }) {
  const text = short(why);
  return (
    <p className={styles.why}>
      <b>
        {scheme}
        {text && ':'}
      </b>{' '}
      {text}
    </p>
  );
}

function Figures({ row, entry }: { row: LayerRow; entry?: RunEntry }) {
  const alone = entry?.run.samples.alone;
  return (
    <dl className={styles.figures}>
      {metricsOf(entry?.run).map((metric) => {
        const value = metric.value(row);
        const float = metric.float?.(row);
        const waits = entry?.state === 'growing' && entry.run.pending.includes(metric.id);
        if (value === undefined && float === undefined && !waits) return null;
        const nothing = metric.id === 'size' && !value && !float;
        return (
          <div key={metric.id} title={metric.definition}>
            <dt>
              {metric.label}
              {metric.id === 'sensitivity' && alone !== undefined && (
                <span className={styles.sub}> on {grouped(alone)} samples</span>
              )}
            </dt>
            <dd>{nothing ? 'no constants' : figureText(metric, float, value)}</dd>
          </div>
        );
      })}
      {row.accumulated?.rmseOverScale !== undefined && (
        <div title="Root mean square error in units of the output’s scale: about 0.29 when rounding is the only loss, above 0.7 is worth a look.">
          <dt>RMSE / scale</dt>
          <dd>{number(row.accumulated.rmseOverScale, 2)}</dd>
        </div>
      )}
      <div>
        <dt>Parameters</dt>
        <dd>{row.params ? grouped(row.params) : none}</dd>
      </div>
      <div>
        <dt>MACs</dt>
        <dd>{row.macs ? count(row.macs) : none}</dd>
      </div>
    </dl>
  );
}

function figureText(metric: Metric, float: number | undefined, value: number | undefined) {
  if (float === undefined && value === undefined) return '…';
  if (float === undefined || value === undefined) return metric.text(value ?? float ?? 0);
  const change = ratio(float, value);
  return `${metric.text(float)} → ${metric.text(value)}${change === none ? '' : ` ${change}`}`;
}

function Weights({ weights }: { weights: NonNullable<LayerDetail['weights']> }) {
  const { histogram, scale, channelMin, channelMax } = weights;
  const coarsest = scale.reduce((max, value) => Math.max(max, value), 0);
  const perChannel = scale.length > 1;
  return (
    <section>
      <h3>Weights {shape(weights.shape)}</h3>
      <Histogram
        name={`Histogram of the weights from ${number(histogram.min)} to ${number(histogram.max)}, with the int8 grid`}
        histogram={histogram}
        step={coarsest > 0 ? coarsest : undefined}
      />
      <p className={styles.sub}>
        {coarsest > 0
          ? `Grid: ${perChannel ? `${scale.length} scales, the coarsest` : 'scale'} ${number(coarsest)}. Heights are square roots of counts.`
          : 'Weights stay float: no grid. Heights are square roots of counts.'}
      </p>
      {channelMin.length > 1 && <ChannelRanges min={channelMin} max={channelMax} />}
    </section>
  );
}

function Activation({ activation }: { activation: NonNullable<LayerDetail['activation']> }) {
  const { histogram, clipMin, clipMax, scale, zeroPoint, seenMin, seenMax, why } = activation;
  const quantized = scale > 0;
  return (
    <section>
      <h3>Activation</h3>
      <Histogram
        name={`Histogram of the output from ${number(seenMin)} to ${number(seenMax)}, clipped to ${number(clipMin)} … ${number(clipMax)}`}
        histogram={histogram}
        step={quantized ? scale : undefined}
        covered={quantized ? [clipMin, clipMax] : undefined}
        marks={
          quantized
            ? [
                { at: clipMin, label: number(clipMin) },
                { at: clipMax, label: number(clipMax) },
              ]
            : []
        }
      />
      <p className={styles.sub}>
        Seen {number(seenMin)} … {number(seenMax)}
        {quantized &&
          `; range ${number(clipMin)} … ${number(clipMax)}, scale ${number(scale)}, zero point ${integer(zeroPoint)}`}
        . {sentence(short(why))}
      </p>
    </section>
  );
}

import { CloseButton } from '@mantine/core';
import { figuresOf, type FigureRow, type LayerFigure } from '../../analysis/figures';
import type { Graph } from '../../model/graph';
import { short } from '../../quant/words';
import type { Why } from '../../quant/types';
import type { LayerDetail } from '../../run/details';
import type { RunEntry } from '../../state/stores/runs';
import { ChannelRanges } from '../charts/ChannelRanges';
import { Histogram } from '../charts/Histogram';
import { figureText } from '../../analysis/figures/text';
import { integer, none, number, ratio, sentence, shape } from '../../analysis/format';
import { WhatIf } from '../diagnosis/WhatIf';
import { shortName } from '../names';
import { SampleMarks } from '../parts/Marks';
import { marksOf } from '../../analysis/marks';
import styles from '../styles/inspector.module.css';
import { TensorList } from './TensorList';

interface InspectorProps {
  row: FigureRow;
  entry?: RunEntry;
  /** The float graph of the model that the layer belongs to. */
  graph?: Graph;
  onClose: () => void;
}

/** Everything that is known about the selected layer. */
export function Inspector({ row, entry, graph, onClose }: InspectorProps) {
  const made = entry?.run.made;
  const detail = made?.details[row.id];
  return (
    <section className={styles.inspector} aria-label={`Inspector: ${row.layer}`}>
      <div className={styles.head}>
        <h3 title={row.layer}>{shortName(row.layer, 64)}</h3>
        <CloseButton size="sm" aria-label="Close the inspector" onClick={onClose} />
      </div>
      <p className={styles.sub}>
        {row.type === row.op ? row.op : `${row.type}, ${row.op}`}, output {shape(row.outputShape)}
      </p>
      {row.why && row.scheme && <Reason scheme={row.scheme} why={row.why} />}
      <Figures row={row} entry={entry} />
      {made && marksOf(made.samples).length > 0 && (
        <p>
          <SampleMarks samples={made.samples} />{' '}
          <span className={styles.sub}>ranges and errors</span>
        </p>
      )}
      {detail?.weights && <Weights weights={detail.weights} />}
      {detail?.activation && <Activation activation={detail.activation} />}
      {entry && made?.plan && row.scheme !== 'float32' && (
        <WhatIf
          key={`${entry.run.id} ${row.id}`}
          row={row}
          entry={entry}
          activation={detail?.activation}
        />
      )}
      {(entry || graph) && (
        <TensorList
          id={row.id}
          graph={made?.graph ?? graph}
          converted={made?.recipe && made.converted}
          plan={made?.plan}
        />
      )}
    </section>
  );
}

function Reason({ scheme, why }: { scheme: string; why: Why }) {
  const text = short(why);
  const more = text !== scheme && text !== '';
  return (
    <p className={styles.why}>
      <b>
        {scheme}
        {more && ':'}
      </b>{' '}
      {more && text}
    </p>
  );
}

function Figures({ row, entry }: { row: FigureRow; entry?: RunEntry }) {
  const figures = figuresOf(entry?.run);
  const ids = new Set(figures.map(({ id }) => id));
  return (
    <dl className={styles.figures}>
      {figures.map((figure) => {
        const [float, value] = [figure.float?.(row), figure.value(row)];
        const waits =
          entry?.state === 'growing' &&
          figure.waitsFor !== undefined &&
          entry.run.pending.includes(figure.waitsFor);
        if (value === undefined && float === undefined && !waits) return null;
        return (
          <div key={figure.id} title={figure.definition}>
            <dt>{figure.label}</dt>
            <dd>{pairText(figure, float, value, !ids.has(`${figure.id}Ratio`))}</dd>
          </div>
        );
      })}
    </dl>
  );
}

/** "412 kB → 118 kB"; with how many times smaller where no figure of its own says so. */
function pairText(
  figure: LayerFigure,
  float: number | undefined,
  value: number | undefined,
  times: boolean,
) {
  if (float === undefined && value === undefined) return '…';
  if (float === undefined || value === undefined) return figureText(figure, (value ?? float)!);
  const change = times ? ratio(float, value) : none;
  return `${figureText(figure, float)} → ${figureText(figure, value)}${change === none ? '' : ` ${change}`}`;
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

/** What is said of a layer in words, beside its figures: the text columns of table and CSV. */
import { inWords } from '../../quant/words';
import type { FigureRow } from './rows';

export interface LayerFact {
  readonly id: string;
  /** Head in the table; `title` in CSV. */
  readonly label: string;
  readonly title: string;
  readonly definition: string;
  readonly text: (row: FigureRow) => string | undefined;
  /** As LayerFigure. */
  readonly table: 'always' | 'wide' | 'inspector';
  readonly beforeRuns: boolean;
}

export const layerFacts = [
  {
    id: 'node',
    label: 'Operator',
    title: 'node',
    definition: 'Name of the operator in the graph: the key in every view and file.',
    text: (row) => row.id,
    table: 'inspector',
    beforeRuns: true,
  },
  {
    id: 'layer',
    label: 'Layer',
    title: 'layer',
    definition: 'Name of the layer in the model, as its author gave it.',
    text: (row) => row.layer,
    table: 'always',
    beforeRuns: true,
  },
  {
    id: 'type',
    label: 'Type',
    title: 'type',
    definition: 'Type of the layer in the framework that it was made in.',
    text: (row) => row.type,
    table: 'wide',
    beforeRuns: true,
  },
  {
    id: 'op',
    label: 'Op',
    title: 'op',
    definition: 'The TFLite operator that computes it.',
    text: (row) => row.op,
    table: 'inspector',
    beforeRuns: true,
  },
  {
    id: 'scheme',
    label: 'Scheme',
    title: 'scheme',
    definition:
      'How the layer computes in this run. Choose int8 or float to override the recipe for this layer, then quantize again.',
    text: (row) => row.scheme,
    table: 'always',
    beforeRuns: true,
  },
  {
    id: 'shape',
    label: 'Output shape',
    title: 'output shape',
    definition: 'Shape of the layer’s first output, batch first.',
    text: (row) => row.outputShape.join('×'),
    table: 'inspector',
    beforeRuns: true,
  },
  {
    id: 'why',
    label: 'Why',
    title: 'why',
    definition: 'Which rule of the recipe chose the scheme, or why the layer stays float.',
    text: (row) => row.why && inWords(row.why),
    table: 'inspector',
    beforeRuns: false,
  },
] as const satisfies readonly LayerFact[];

export type LayerFactId = (typeof layerFacts)[number]['id'];

/** The numbers of a comparison as plain data: what the HTML report holds inside, and `compare --json` prints. */
import {
  across,
  comparedFigures,
  comparisonMarks,
  differencesOf,
  realityOf,
  wholeLines,
  type Comparison,
} from '../../analysis/compareRuns';
import { definitionsOf } from '../../analysis/figures';
import { VERSION } from '../../model/version';
import type { Verification } from '../../run/verification';

export function comparisonData(
  comparison: Comparison,
  verifications: Readonly<Record<string, Verification>> = {},
) {
  const { runs, baseline, layers } = comparison;
  const whole = wholeLines(comparison);
  const figures = comparedFigures(comparison);
  return {
    format: 'intact-comparison',
    version: 1,
    intact: VERSION,
    baseline: runs[baseline]?.label,
    runs: runs.map(({ label, runs: own, seeds, state }, at) => ({
      label,
      state,
      seeds,
      runs: own.map(({ id, made, figures: { computed } }) => ({
        id,
        createdAt: new Date(made.createdAt).toISOString(),
        subject: made.subject,
        recipe: made.recipe,
        from: made.from,
        engine: made.engine,
        computed,
        samples: made.samples,
        repaired: made.repaired,
        training: made.log && { ...made.log, steps: undefined },
        verification: verifications[id],
      })),
      figures: Object.fromEntries(
        whole.map(({ figure, cells }) => [
          figure.id,
          {
            ...cells[at],
            marks: sentencesOf(comparison, at, figure),
          },
        ]),
      ),
      layerMarks: Object.fromEntries(
        figures.map((figure) => [figure.id, sentencesOf(comparison, at, figure)]),
      ),
      ...(at === baseline
        ? {}
        : {
            differs: differencesOf(runs, baseline, at).settings.map((one) => ({
              ...one,
              measured: one.measured?.map((position) => runs[position]!.label),
            })),
            real: realityOf(comparison, at),
          }),
    })),
    layers: layers.map(({ id, layer, type, op, matched }, index) => ({
      ...{ id, layer, type, op, matched },
      figures: Object.fromEntries(
        figures.map(({ id: figure }) => [
          figure,
          across(comparison, figure).lines[index]!.cells.map(({ measure, difference }) => ({
            ...measure,
            difference,
          })),
        ]),
      ),
    })),
    definitions: {
      whole: definitionsOf(whole.map(({ figure }) => figure)),
      layers: definitionsOf(figures),
    },
  };
}

const sentencesOf = (...asked: Parameters<typeof comparisonMarks>) =>
  comparisonMarks(...asked).map(({ sentence }) => sentence);

import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { downloadComparisonHtml, setCompared } from '../../state/actions/compare';
import { RunsBoundary } from '../boundary/Boundary';
import { comparePath, navigate, usePlace } from '../places';
import { useStudio, useView } from '../studio';
import cardStyles from '../styles/card.module.css';
import textStyles from '../styles/text.module.css';
import { ComparedRuns } from './ComparedRuns';
import { Differences } from './Differences';
import { LayersChart } from './LayersChart';
import { SameLayer } from './SameLayer';
import { SameSample } from './SameSample';
import { TradeOffCard } from './TradeOffCard';
import { useComparison } from './useComparison';
import styles from './compare.module.css';

/** The runs that the address lists, side by side: what differs first, then every layer on one axis. */
export default function CompareView() {
  const studio = useStudio();
  const place = usePlace();
  const view = useView();
  const listed = place.runs.join(',');
  const { baseline } = place;
  useEffect(() => {
    if (listed !== '') setCompared(studio, listed.split(','), baseline);
    else if (view.compared.length > 0)
      navigate(comparePath(view.compared, view.baseline), { replace: true });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the address leads, the choice follows it
  }, [studio, listed, baseline]);
  const compared = useComparison();
  // A run that is made to separate two settings joins the choice: the address says so too.
  const chosen = view.compared.join(',');
  useEffect(() => {
    if (listed !== '' && chosen !== listed && chosen.startsWith(`${listed},`))
      navigate(comparePath(chosen.split(','), baseline), { replace: true });
  }, [chosen, listed, baseline]);
  return (
    <section className={styles.view} aria-label="Comparison">
      {compared ? (
        <>
          <section className={cardStyles.card} aria-label="Compared settings">
            <div className={cardStyles.cardHead}>
              <h2>Comparison</h2>
              <span className={`${textStyles.muted} ${textStyles.small}`}>
                What differs, what came of it, and whether it is real.
              </span>
              <span className={textStyles.spacer} />
              <Button
                size="compact-xs"
                variant="light"
                onClick={() => downloadComparisonHtml(studio, compared.comparison)}
              >
                Side-by-side report (HTML)
              </Button>
            </div>
            <RunsBoundary card="Differences" as="bare">
              {compared.comparison.runs.length > 1 ? (
                <Differences comparison={compared.comparison} />
              ) : (
                <p className={styles.hint}>
                  These runs differ in their seed alone: below are their mean and spread.
                </p>
              )}
              <ComparedRuns comparison={compared.comparison} />
            </RunsBoundary>
          </section>
          <RunsBoundary card="Layers of the runs">
            <LayersChart comparison={compared.comparison} />
          </RunsBoundary>
          <div className={styles.later}>
            <RunsBoundary card="The same layer">
              <SameLayer {...compared} />
            </RunsBoundary>
          </div>
          <div className={styles.later}>
            <RunsBoundary card="The same sample">
              <SameSample {...compared} />
            </RunsBoundary>
          </div>
          <div className={styles.later}>
            <RunsBoundary card="Trade-off">
              <TradeOffCard />
            </RunsBoundary>
          </div>
        </>
      ) : (
        <section className={cardStyles.card}>
          <p className={styles.hint}>
            Choose two to six runs to compare: each row of Runs in the Overview has a checkbox.
          </p>
        </section>
      )}
    </section>
  );
}

import { Suspense, useEffect } from 'react';
import { TradeOffCard } from '../compare/TradeOffCard';
import { Boundary, RunBoundary, RunsBoundary } from '../boundary/Boundary';
import { FindingsCard } from '../findings/FindingsCard';
import { lazily } from '../parts/lazily';
import { DoctorCard } from '../diagnosis/DoctorCard';
import { usePlace } from '../places';
import { useEntry, useModel, useRuns } from '../studio';
import { ChartCard } from './ChartCard';
import { LayersSection } from './LayersSection';
import { RunPicker } from './RunPicker';
import { RunsCard } from './RunsCard';

const loadCompare = () => import('../compare/CompareView');
const CompareView = lazily(loadCompare);
const loadDial = () => import('../dial/DialRegion');
const DialRegion = lazily(loadDial);

/** What comes out, by place. Before the first run the overview shows what the model itself says. */
export function Results() {
  const { id } = usePlace();
  const { model } = useModel();
  const { entries } = useRuns();
  const entry = useEntry();
  // Fetched ahead of need, so that the comparison is there offline too.
  useEffect(() => void Promise.allSettled([loadCompare(), loadDial()]), []);
  switch (id) {
    case 'overview':
      return (
        <>
          <RunsBoundary card="Runs">
            <RunsCard />
          </RunsBoundary>
          {entry && (
            <RunsBoundary card="Findings">
              <FindingsCard key={entry.run.id} entry={entry} short />
            </RunsBoundary>
          )}
          <RunsBoundary card="Trade-off">
            <TradeOffCard />
          </RunsBoundary>
          {model && entries.length === 0 && (
            <Boundary card="Layers">
              <LayersSection />
            </Boundary>
          )}
        </>
      );
    case 'layers':
      return <Layers />;
    case 'compare':
      return (
        <RunsBoundary card="Comparison">
          <Suspense fallback={null}>
            <CompareView />
          </Suspense>
        </RunsBoundary>
      );
    default:
      return id satisfies never;
  }
}

function Layers() {
  const entry = useEntry();
  return (
    <>
      <RunsBoundary card="Run of the layers">
        <RunPicker />
      </RunsBoundary>
      {entry && (
        <RunBoundary card="Findings">
          <FindingsCard key={entry.run.id} entry={entry} />
        </RunBoundary>
      )}
      {entry && (
        <RunBoundary card="Calibration doctor">
          <DoctorCard />
        </RunBoundary>
      )}
      {entry && (
        <RunBoundary card="Charts per layer">
          <ChartCard />
        </RunBoundary>
      )}
      <RunBoundary card="Layers">
        <LayersSection />
      </RunBoundary>
      <RunBoundary card="Mixed precision">
        <Suspense fallback={null}>
          <DialRegion />
        </Suspense>
      </RunBoundary>
    </>
  );
}

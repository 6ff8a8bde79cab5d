import { lazy, Suspense, useEffect } from 'react';
import { TradeOffCard } from '../compare/TradeOffCard';
import { usePlace } from '../places';
import { useEntry, useModel, useRuns } from '../studio';
import { ChartCard } from './ChartCard';
import { LayersSection } from './LayersSection';
import { RunPicker } from './RunPicker';
import { RunsCard } from './RunsCard';

const loadCompare = () => import('../compare/CompareView');
const CompareView = lazy(loadCompare);

/** What comes out, by place. Before the first run the overview shows what the model itself says. */
export function Results() {
  const { id } = usePlace();
  const { model } = useModel();
  const { entries } = useRuns();
  // Fetched ahead of need, so that the comparison is there offline too.
  useEffect(() => void loadCompare(), []);
  switch (id) {
    case 'overview':
      return (
        <>
          <RunsCard />
          <TradeOffCard />
          {model && entries.length === 0 && <LayersSection />}
        </>
      );
    case 'layers':
      return <Layers />;
    case 'compare':
      return (
        <Suspense fallback={null}>
          <CompareView />
        </Suspense>
      );
    default:
      return id satisfies never;
  }
}

function Layers() {
  const entry = useEntry();
  return (
    <>
      <RunPicker />
      {entry && <ChartCard />}
      <LayersSection />
    </>
  );
}

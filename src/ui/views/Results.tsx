import { useEntry } from '../studio';
import { ChartCard } from './ChartCard';
import { LayersSection } from './LayersSection';
import { RunsCard } from './RunsCard';

export function Results() {
  const entry = useEntry();
  return (
    <>
      <RunsCard />
      {entry && <ChartCard />}
      <LayersSection />
    </>
  );
}

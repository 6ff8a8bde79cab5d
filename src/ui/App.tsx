import { MantineProvider } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { Studio } from '../state/studio';
import { Header } from './views/Header';
import { JobBar } from './views/JobBar';
import { Notices } from './views/Notices';
import { EmptyState } from './views/EmptyState';
import { TrainingRegion } from './training/TrainingRegion';
import { ModelPanel } from './panels/ModelPanel';
import { DataPanel } from './panels/DataPanel';
import { RecipeActions, RecipePanel } from './panels/RecipePanel';
import { DropTarget } from './parts/DropTarget';
import { FileInputs } from './parts/FileInputs';
import { StudioContext, useModel } from './studio';
import { theme, variables } from './theme';
import shellStyles from './styles/shell.module.css';

/** Charts and tables: not in what the first page loads. */
const Results = lazy(() =>
  import('./views/Results').then(({ Results: view }) => ({ default: view })),
);

export function App({ studio }: { studio: Studio }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <StudioContext value={studio}>
        <Shell />
      </StudioContext>
    </MantineProvider>
  );
}

function Shell() {
  const { model } = useModel();
  return (
    <div className={shellStyles.shell}>
      <Header />
      <div className={`${shellStyles.body} ${model ? '' : shellStyles.empty}`}>
        <aside className={shellStyles.aside} aria-label="Model, data and recipe">
          <ModelPanel />
          <DataPanel />
          <RecipePanel />
          <FileInputs />
          <RecipeActions />
        </aside>
        <main className={shellStyles.main}>
          <div className={shellStyles.now}>
            <JobBar />
            <Notices severity="error" />
          </div>
          <Notices severity="info" />
          <TrainingRegion />
          {model ? (
            <Suspense fallback={null}>
              <Results />
            </Suspense>
          ) : (
            <EmptyState />
          )}
        </main>
      </div>
      <DropTarget />
    </div>
  );
}

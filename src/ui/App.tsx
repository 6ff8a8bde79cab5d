import { MantineProvider } from '@mantine/core';
import { Suspense } from 'react';
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
import { lazily } from './parts/lazily';
import { Boundary, RunBoundary } from './boundary/Boundary';
import { PageBoundary } from './boundary/PageBoundary';
import { StudioContext, useModel } from './studio';
import { theme, variables } from './theme';
import shellStyles from './styles/shell.module.css';

/** Charts and tables: not in what the first page loads. */
const Results = lazily(() =>
  import('./views/Results').then(({ Results: view }) => ({ default: view })),
);

export function App({ studio }: { studio: Studio }) {
  return (
    <PageBoundary studio={studio}>
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
        <StudioContext value={studio}>
          <Shell />
        </StudioContext>
      </MantineProvider>
    </PageBoundary>
  );
}

function Shell() {
  const { model } = useModel();
  return (
    <div className={shellStyles.shell}>
      <RunBoundary card="Header">
        <Header />
      </RunBoundary>
      <div className={`${shellStyles.body} ${model ? '' : shellStyles.empty}`}>
        <aside className={shellStyles.aside} aria-label="Model, data and recipe">
          <Boundary card="Model">
            <ModelPanel />
          </Boundary>
          <Boundary card="Data">
            <DataPanel />
          </Boundary>
          <RunBoundary card="Recipe">
            <RecipePanel />
          </RunBoundary>
          <Boundary card="File pickers">
            <FileInputs />
          </Boundary>
          <RunBoundary card="Actions">
            <RecipeActions />
          </RunBoundary>
        </aside>
        <main className={shellStyles.main}>
          <div className={shellStyles.now}>
            <Boundary card="Jobs" as="bare">
              <JobBar />
            </Boundary>
            <Boundary card="Notices" as="bare">
              <Notices severity="error" />
            </Boundary>
          </div>
          <Boundary card="Notices">
            <Notices severity="info" />
          </Boundary>
          <Boundary card="Training">
            <TrainingRegion />
          </Boundary>
          {model ? (
            <Boundary card="Results">
              <Suspense fallback={null}>
                <Results />
              </Suspense>
            </Boundary>
          ) : (
            <Boundary card="Start">
              <EmptyState />
            </Boundary>
          )}
        </main>
      </div>
      <Boundary card="Drop target">
        <DropTarget />
      </Boundary>
    </div>
  );
}

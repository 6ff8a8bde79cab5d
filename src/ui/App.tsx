import { MantineProvider } from '@mantine/core';
import type { Studio } from '../state/studio';
import { Header } from './views/Header';
import { JobBar } from './views/JobBar';
import { Notices } from './views/Notices';
import { EmptyState } from './views/EmptyState';
import { Results } from './views/Results';
import { ModelPanel } from './panels/ModelPanel';
import { DataPanel } from './panels/DataPanel';
import { RecipeActions, RecipePanel } from './panels/RecipePanel';
import { DropTarget } from './parts/DropTarget';
import { FileInputs } from './parts/FileInputs';
import { StudioContext, useModel } from './studio';
import { theme, variables } from './theme';
import styles from './styles/app.module.css';

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
    <div className={styles.shell}>
      <Header />
      <div className={`${styles.body} ${model ? '' : styles.empty}`}>
        <aside className={styles.aside} aria-label="Model, data and recipe">
          <ModelPanel />
          <DataPanel />
          <RecipePanel />
          <FileInputs />
          <RecipeActions />
        </aside>
        <main className={styles.main}>
          <div className={styles.now}>
            <JobBar />
            <Notices severity="error" />
          </div>
          <Notices severity="info" />
          {model ? <Results /> : <EmptyState />}
        </main>
      </div>
      <DropTarget />
    </div>
  );
}

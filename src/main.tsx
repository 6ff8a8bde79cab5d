import { createRoot } from 'react-dom/client';
import '@mantine/core/styles.css';
import './ui/styles/base.css';
import { createStudio, type JobsClient } from './state/studio';
import { App } from './ui/App';

const clients = import.meta.glob<{ createJobs(): JobsClient }>('./jobs/client.ts');

/** `?fake` in development: made-up figures, to look at the page without an engine. */
async function chooseJobs(): Promise<JobsClient> {
  const client = clients['./jobs/client.ts'];
  if (import.meta.env.DEV && (!client || new URLSearchParams(location.search).has('fake'))) {
    return (await import('./ui/testing/fakeJobs')).createFakeJobs();
  }
  return (await client!()).createJobs();
}

const studio = createStudio(await chooseJobs());
createRoot(document.getElementById('root')!).render(<App studio={studio} />);

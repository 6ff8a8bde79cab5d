import { createRoot } from 'react-dom/client';
import '@mantine/core/styles.css';
import './ui/styles/base.css';
import { createJobs } from './jobs/client';
import { notify } from './state/actions/jobs';
import { persist } from './state/storage';
import { createEngineStore } from './state/stores/engine';
import { createStudio } from './state/studio';
import { App } from './ui/App';
import { withoutSession } from './ui/boundary/PageBoundary';

/** `?fake` in development: made-up figures, to look at the page without an engine. */
const fake = import.meta.env.DEV && new URLSearchParams(location.search).has('fake');
const engine = createEngineStore();
const jobs = fake
  ? (await import('./testing/fakeJobs')).createFakeJobs()
  : createJobs(undefined, undefined, () => {
      const { threads, backend } = engine.getState();
      return { threads, backend };
    });

const studio = createStudio(jobs, engine);
if (!crossOriginIsolated) {
  notify(studio, {
    severity: 'info',
    title: 'Times are coarser here',
    message:
      'This server does not isolate the page (it sends no COOP and COEP headers), so the browser rounds times, and the engine has one thread. Everything else works. "npm start" serves the studio isolated.',
  });
}
const restored = !new URLSearchParams(location.search).has(withoutSession);
void persist(studio, fake ? 'intact-fake' : 'intact', restored);
createRoot(document.getElementById('root')!).render(<App studio={studio} />);

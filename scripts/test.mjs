/**
 * npm test: installs what is missing (a Chromium too) and runs everything: types, lint, layering,
 * format, unit and oracle tests in node, then the built page in a real browser.
 */
import { install, run } from './install.mjs';

install();
const { prepare } = await import('./prepare.mjs');
await prepare();
for (const script of ['types', 'lint', 'format', 'unit']) run('npm', ['run', '-s', script]);
const { chromium } = await import('./chromium.mjs');
const path = chromium();
run('npx', ['vite', 'build', '--logLevel', 'warn']);
run('npx', ['playwright', 'test'], { env: { ...process.env, CHROMIUM_PATH: path } });

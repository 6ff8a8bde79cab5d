/** npm start: installs what is missing, builds, serves the studio, prints the address. */
import { install, run } from './install.mjs';

const PORT = Number(process.env.PORT ?? 4173);

install();
const { prepare } = await import('./prepare.mjs');
await prepare();
run('npx', ['vite', 'build', '--logLevel', 'warn']);

const { serve } = await import('./serve.mjs');
const { address } = await serve(PORT).catch((error) => {
  if (error.code !== 'EADDRINUSE') throw error;
  return serve(0);
});
console.log(`\nIntact is at ${address}\nStop it with Ctrl+C.`);

/**
 * npm run mutate [-- ROOM…]: mutation testing of the rooms that hold figures, runs and jobs. Writes
 * docs/reference/mutation.json: per room how many mutants were killed, survived or ran into the time
 * limit. Strings are not mutated; a disabled mutant carries its reason beside it in the source.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install, run } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const rooms = ['run', 'analysis', 'report', 'jobs', 'state', 'ui/figures'];
const file = join(root, 'docs/reference/mutation.json');
const least = 75;

install();
const asked = process.argv.slice(2);
const unknown = asked.filter((room) => !rooms.includes(room));
if (unknown.length > 0) {
  console.error(`There is no room ${unknown.join(', ')}; there are ${rooms.join(', ')}.`);
  process.exit(2);
}

const counts = (report) => {
  const mutants = Object.values(report.files).flatMap((one) => one.mutants);
  const of = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const killed = of('Killed');
  const survived = of('Survived', 'NoCoverage');
  return {
    killed,
    survived,
    timeouts: of('Timeout'),
    disabled: mutants
      .filter(
        ({ status, statusReason }) =>
          status === 'Ignored' && !/StringLiteral/.test(statusReason ?? ''),
      )
      .map(({ statusReason }) => statusReason),
    killedPerCent: Math.round((1000 * killed) / Math.max(1, killed + survived)) / 10,
  };
};

let kept = {};
try {
  kept = JSON.parse(readFileSync(file, 'utf8')).rooms;
} catch {
  // none yet
}
for (const room of asked.length > 0 ? asked : rooms) {
  run('npx', ['stryker', 'run', 'stryker.config.mjs'], {
    env: { ...process.env, MUTATE_ROOM: room },
  });
  const report = JSON.parse(readFileSync(join(root, 'build/mutation.json'), 'utf8'));
  kept[room] = counts(report);
  console.log(`${room}: ${JSON.stringify(kept[room])}`);
}
mkdirSync(join(root, 'docs/reference'), { recursive: true });
const commit = execSync('git rev-parse --short HEAD', { cwd: root, encoding: 'utf8' }).trim();
writeFileSync(file, `${JSON.stringify({ commit, node: process.version, rooms: kept }, null, 2)}\n`);
const weak = Object.entries(kept).filter(([, { killedPerCent }]) => killedPerCent < least);
for (const [room, { killedPerCent }] of weak)
  console.error(`${room}: ${killedPerCent} % killed, fewer than ${least} %.`);
process.exit(weak.length > 0 ? 1 : 0);

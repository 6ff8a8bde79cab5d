/**
 * A Chromium for the browser tests: CHROMIUM_PATH, an installed one, else Debian's package where this
 * user may install it, else Playwright's own. Prints its path.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const known = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const found = () => known.find((path) => path && existsSync(path));

function attempt(command, args) {
  console.log(`${command} ${args.join(' ')}`);
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0;
}

function fromDebian() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  const env = 'DEBIAN_FRONTEND=noninteractive';
  const done =
    attempt('env', [env, 'apt-get', 'update', '-qq']) &&
    attempt('env', [
      env,
      'apt-get',
      'install',
      '-y',
      '-qq',
      '--no-install-recommends',
      'chromium',
      'fonts-dejavu-core',
    ]);
  return done ? found() : undefined;
}

function fromPlaywright() {
  const require = createRequire(import.meta.url);
  if (!attempt(process.execPath, [require.resolve('@playwright/test/cli'), 'install', 'chromium']))
    return undefined;
  return require('@playwright/test').chromium.executablePath();
}

/** @returns the path of a Chromium; throws with what to do when there is none. */
export function chromium() {
  const path = found() ?? fromDebian() ?? fromPlaywright();
  if (!path) throw new Error('No Chromium found. Install one, or set CHROMIUM_PATH to its binary.');
  return path;
}

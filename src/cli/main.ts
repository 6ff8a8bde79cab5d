/** The headless twin: the jobs of the studio from the shell (npm run -s intact -- …). */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { checksOf } from '../data/refused';
import { provideCodecs } from '../data/images/codecs';
import { createContext } from '../jobs/context';
import { createCores, localLock } from '../jobs/cores';
import { asIntactError } from '../model/error';
import { parseArguments, usage } from './arguments';
import { calibrateAllMethods, evaluate, inspect, quantize, type Shell } from './commands';
import { compare } from './compare';
import { diagnose } from './diagnose';
import { checkOutputs } from './outputs';
import { choicesText } from './text';
import { helperThreads, startThread } from './thread';
import { startWatchdog } from './watchdog';
import { train } from './train';

const require = createRequire(import.meta.url);
const codecs = {
  jpeg: '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  webp: '@jsquash/webp/codec/dec/webp_dec.wasm',
} as const;
provideCodecs((name) =>
  Promise.resolve(new Uint8Array(readFileSync(require.resolve(codecs[name]))).buffer),
);

// Who reads the output may stop (head, a closed window): no fault of the command's.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const clearProgress = () => process.stderr.isTTY && process.stderr.write('\r\x1b[K');
/** Ended by the shell's own sentence, as a program that the signal ended. */
const INTERRUPTED = 130;
let interrupted: () => void = () => undefined;
process.once('SIGINT', () => {
  clearProgress();
  interrupted();
  process.exit(INTERRUPTED);
});

const helpers = helperThreads(new URL('./kernels.mjs', import.meta.url));
const worker = createContext({
  cores: createCores(localLock(), availableParallelism()),
  startHelper: helpers.start,
  startShard: () => startThread(new URL('./shard.mjs', import.meta.url)),
  training: {
    wasmPath: join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist/'),
    startWorker: () => startThread(new URL('./gradients.mjs', import.meta.url)),
  },
});
worker.useThreads(availableParallelism());

const watchdog = startWatchdog(() => process.exit(1));
const shell: Shell = {
  worker,
  events: {
    progress({ label, fraction }) {
      if (process.stderr.isTTY)
        process.stderr.write(`\r\x1b[K${Math.round(100 * fraction)} %  ${label}`);
    },
    reading: watchdog.reading,
  },
  print(text) {
    clearProgress();
    process.stdout.write(text);
  },
  tell(line) {
    clearProgress();
    process.stderr.write(`${line}\n`);
  },
  onInterrupt(listener) {
    interrupted = listener;
  },
};

async function main(): Promise<number> {
  try {
    const args = parseArguments(process.argv.slice(2));
    checkOutputs(args);
    switch (args.command) {
      case 'help':
        shell.print(`${usage}\n`);
        break;
      case 'inspect':
        await inspect(args, shell);
        break;
      case 'quantize':
        await quantize(args, shell);
        break;
      case 'train':
        await train(args, shell);
        break;
      case 'calibrate':
        await calibrateAllMethods(args, shell);
        break;
      case 'evaluate':
        await evaluate(args, shell);
        break;
      case 'diagnose':
        await diagnose(args, shell);
        break;
      case 'compare':
        compare(args, (text) => shell.print(text));
        break;
      default:
        args.command satisfies never;
    }
    return 0;
  } catch (thrown) {
    clearProgress();
    const error = asIntactError(thrown);
    const { detail } = error.data;
    const more = error.code === 'internal' && typeof detail === 'string' ? ` (${detail})` : '';
    const choices = choicesText(checksOf(error));
    process.stderr.write(
      `${error.message}${more}\n${choices && `As it was read; each can be chosen otherwise:\n${choices}`}`,
    );
    return error.code === 'usage' ? 2 : 1;
  }
}

process.exitCode = await main();
helpers.end();

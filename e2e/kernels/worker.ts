import { checkWasmVariants } from '../../src/engine/wasm/browser-check';

checkWasmVariants().then(
  (checks) => {
    self.postMessage(checks);
  },
  (error: unknown) => {
    self.postMessage(error instanceof Error ? (error.stack ?? error.message) : String(error));
  },
);

/** Worker entry: a helper thread of the engine (src/engine/wasm/threads/helper.ts). */
import { serveHelper, type HelperPort } from '../src/engine/wasm/threads/helper';

serveHelper(self as unknown as HelperPort);

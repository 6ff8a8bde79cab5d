/** The one file that owns the thread border: comlink, with our errors kept whole. */
import * as Comlink from 'comlink';
import { asIntactError, IntactError, type ErrorCode } from '../model/error';

interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** comlink copies only name, message and stack of an error; ours carry a code and data. */
Comlink.transferHandlers.set('throw', {
  canHandle: (value): value is { value: unknown } =>
    typeof value === 'object' && value !== null && throwMarker(value),
  serialize: ({ value }: { value: unknown }) => {
    const { code, message, data } = asIntactError(value);
    return [{ code, message, data } satisfies WireError, []];
  },
  deserialize: ({ code, message, data }: WireError) => {
    throw new IntactError(code, message, data);
  },
});

/** comlink marks thrown values with a symbol that it keeps to itself. */
function throwMarker(value: object): boolean {
  return Object.getOwnPropertySymbols(value).some(
    (symbol) => symbol.description === 'Comlink.thrown',
  );
}

export { expose, proxy, wrap, type Remote } from 'comlink';

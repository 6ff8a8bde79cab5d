/**
 * The one error type that reaches a person. `message` is a complete sentence: what is wrong, where,
 * and what to do. `code` is stable and for programs; `data` holds plain details.
 */
export type ErrorCode =
  | 'not-this-format' // the bytes are another format; `message` says which and what to do instead
  | 'unrecognised' // no format claims the files
  | 'malformed' // the right format, but damaged or hostile
  | 'unsupported' // understood, but not something Intact can do; `data.list` holds every case
  | 'bad-data' // samples unfit for the model
  | 'usage' // a caller's or user's argument is off
  | 'cancelled'
  | 'limit' // an honest need beyond what this engine or machine can hold
  | 'internal';

export class IntactError extends Error {
  override readonly name = 'IntactError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly data: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** Any thrown thing as an IntactError; unknown ones become `internal` and keep their text. */
export function asIntactError(thrown: unknown): IntactError {
  if (thrown instanceof IntactError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new IntactError('internal', text);
}

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
    super(readable(message));
  }
}

const MOST_RUN = 200;
const MOST_MESSAGE = 2000;

/** A sentence names what stands in a file, and a file may say anything at any length. */
function readable(message: string): string {
  const text = message.replace(/\S+/g, (run) =>
    run.length > MOST_RUN ? `${run.slice(0, 80)}…${run.slice(-20)}` : run,
  );
  return text.length > MOST_MESSAGE
    ? `${text.slice(0, MOST_MESSAGE - 500)} … ${text.slice(-400)}`
    : text;
}

/** What a browser, node or an allocation throws, by name, errno or message; the first that fits. */
const known: readonly {
  readonly test: (thrown: Thrown) => boolean;
  readonly code: ErrorCode;
  readonly sentence: (thrown: Thrown) => string;
}[] = [
  {
    test: ({ name, message }) =>
      (name === 'RangeError' && /alloc|array|buffer|string|length/i.test(message)) ||
      /out of memory|could not allocate|WebAssembly\.Memory/i.test(message),
    code: 'limit',
    sentence: () =>
      'There is not enough memory for this: it needs more than is given to one page or process. ' +
      'Close what else is open, or take a smaller model or fewer samples.',
  },
  {
    test: ({ name, message }) => name === 'RangeError' && /call stack/i.test(message),
    code: 'limit',
    sentence: () => 'This nests deeper than Intact follows. The file is probably damaged.',
  },
  {
    test: ({ name }) => name === 'NotReadableError' || name === 'NotFoundError',
    code: 'bad-data',
    sentence: () =>
      'A file can no longer be read: it was changed, moved or deleted after it was chosen. Choose it again.',
  },
  {
    test: ({ name, code }) =>
      name === 'QuotaExceededError' || code === 'ENOSPC' || code === 'EDQUOT',
    code: 'limit',
    sentence: ({ path }) =>
      `There is no room left to store${path ? ` ${path}` : ' this'}. Free some space and try again.`,
  },
  {
    test: ({ code }) => code === 'EMFILE' || code === 'ENFILE',
    code: 'limit',
    sentence: () => 'Too many files are open on this machine. Close some programs and try again.',
  },
  {
    test: ({ code }) => code === 'ENOENT' || code === 'ENOTDIR',
    code: 'usage',
    sentence: ({ path }) => `${path || 'A file'} does not exist (any more). Check its name.`,
  },
  {
    test: ({ code }) => code === 'EISDIR',
    code: 'usage',
    sentence: ({ path }) => `${path || 'A path'} is a folder where a file is needed.`,
  },
  {
    test: ({ code }) => code === 'EACCES' || code === 'EPERM' || code === 'EROFS',
    code: 'usage',
    sentence: ({ path }) =>
      `${path || 'A file'} may not be read or written. Check its permissions.`,
  },
  {
    test: ({ code }) => code !== undefined && /^E[A-Z]{2,}$/.test(code),
    code: 'usage',
    sentence: ({ path }) => `${path || 'A file'} could not be read or written. Check its disk.`,
  },
];

interface Thrown {
  readonly name: string;
  readonly message: string;
  /** Node's errno, as a name. */
  readonly code: string | undefined;
  readonly path: string | undefined;
}

function describe(thrown: unknown): Thrown {
  const fields = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as {
    readonly [field: string]: unknown;
  };
  const text = (field: string) => (typeof fields[field] === 'string' ? fields[field] : undefined);
  return {
    name: text('name') ?? '',
    message: text('message') ?? String(thrown),
    code: text('code'),
    path: text('path'),
  };
}

/**
 * Any thrown thing as an IntactError. What is known gets its sentence; anything else is `internal`. The
 * raw text never stands in a sentence: it is `data.detail`.
 */
export function asIntactError(thrown: unknown): IntactError {
  if (thrown instanceof IntactError) return thrown;
  const raw = describe(thrown);
  const detail = [raw.name, raw.message].filter(Boolean).join(': ');
  const kind = known.find(({ test }) => test(raw));
  if (kind) return new IntactError(kind.code, kind.sentence(raw), { detail });
  return new IntactError(
    'internal',
    'Something went wrong in Intact itself. Nothing that was stored is lost. Try again; ' +
      'should it happen again, report it with the details.',
    { detail },
  );
}

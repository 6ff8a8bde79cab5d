/**
 * Whether a job gets on, as the page sees it: seconds without a sign, counted only while the page is visible
 * and awake. Nothing is ended here; whoever asked decides.
 */
export interface Stalled {
  /** Without a sign, of visible time. */
  readonly seconds: number;
  /** The sample or set that is being read. */
  readonly reading?: string;
}

export interface StallWatch {
  /** A sign that came as a message. */
  sign(): void;
  /** Files are being read; undefined when it is done. */
  reading(what: string | undefined): void;
  /** Counts anew: the user waits. */
  wait(): void;
  end(): void;
}

/** One layer of a large model may take long on a slow machine. */
export const ASK_AFTER_S = 60;
/** A reader tells of each sample. */
export const READING_S = 30;
const TICK_MS = 1000;
/** A tick that comes later than this was slept over, or put off in a hidden tab. */
const LATE_MS = 3000;

const isVisible = () => typeof document === 'undefined' || document.visibilityState !== 'hidden';

/**
 * @param count the worker's counter
 * @param stalled it doesn't get on (again, after each `wait`); undefined: it does again
 */
export function watchStall(
  count: () => number,
  stalled: (now: Stalled | undefined) => void,
): StallWatch {
  let what: string | undefined;
  let seconds = 0;
  let said = false;
  let last = count();
  let ticked = Date.now();
  const clear = () => {
    seconds = 0;
    if (said) stalled(undefined);
    said = false;
  };
  const tick = () => {
    const now = Date.now();
    const awake = isVisible() && now - ticked < LATE_MS;
    ticked = now;
    const counted = count();
    if (counted !== last) {
      last = counted;
      clear();
      return;
    }
    if (!awake || said) return;
    seconds++;
    if (seconds < (what === undefined ? ASK_AFTER_S : READING_S)) return;
    said = true;
    stalled({ seconds, ...(what !== undefined && { reading: what }) });
  };
  const timer = setInterval(tick, TICK_MS);
  return {
    sign: clear,
    reading(now) {
      what = now;
      clear();
    },
    wait: clear,
    end() {
      clearInterval(timer);
    },
  };
}

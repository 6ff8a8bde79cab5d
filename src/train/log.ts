/** What a training says of its epochs. */
/** Measured on the selection samples by the caller. */
export interface Score {
  /** Of the integer graph; decides where there is one. */
  readonly accuracy?: number;
  /** Smaller is better; decides where there is no accuracy. */
  readonly loss?: number;
}

export interface EpochLog {
  /** 0: before training. */
  readonly epoch: number;
  /** Mean over the epoch's steps; undefined before training. */
  readonly loss?: number;
  readonly score?: Score;
}

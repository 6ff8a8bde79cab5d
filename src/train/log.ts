/** What a training says of its epochs. */
/** Measured on the selection samples by the caller. */
export interface Score {
  /** Of the integer graph, per cent; decides where it differs by more than its error. */
  readonly accuracy?: number;
  /** Smaller is better; decides where accuracy does not. */
  readonly loss?: number;
  /** That the accuracy is a share of. */
  readonly samples?: number | undefined;
}

export interface EpochLog {
  /** 0: before training. */
  readonly epoch: number;
  /** Mean over the epoch's steps; undefined before training. */
  readonly loss?: number;
  readonly score?: Score;
}

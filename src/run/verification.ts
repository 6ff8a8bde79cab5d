/** What running the exported file in another runtime has shown. */
export interface Verification {
  readonly runtime: string;
  readonly samples: number;
  /** Samples whose every output element is identical. */
  readonly identical: number;
  readonly largestDifference: number;
  /** Largest difference in units of the output scale, where the output was quantized. */
  readonly largestSteps?: number;
}

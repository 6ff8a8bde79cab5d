/** What the worker gpu.ts found. */
export interface GpuCheck {
  readonly label: string;
  readonly failing: readonly string[];
  /** Cases that WebGPU took, and those of them with other integers than the reference. */
  readonly ran: number;
  readonly differences: readonly string[];
  /** What was said before and after the device was lost; "" is nothing. */
  readonly whole: string;
  readonly lost: string;
  /** All answers equal the reference's, and none is missing. */
  readonly same: boolean;
  readonly answers: number;
}

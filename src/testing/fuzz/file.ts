export interface FuzzFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

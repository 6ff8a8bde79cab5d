/**
 * The contract between the containers of Keras models (.h5, .keras, TF.js layers) and the
 * builder of graphs from Keras configs: what a container hands over once it has been read.
 */

/** One weight array, already widened to float32 (from float16, float64 or integers). */
export interface WeightArray {
  /** Name in the file: 'dense/kernel:0' (Keras 1, 2, TF.js), 'kernel' (Keras 3 .h5), 'vars/0' (.keras). */
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major; length = product of shape. */
  readonly data: Float32Array;
}

export interface KerasSource {
  /** Name of the model, never empty. */
  readonly name: string;
  /** `{ class_name, config }` of the model, parsed JSON, not checked. */
  readonly config: unknown;
  /** '1.2.2', '2.4.0', '3.15.1', 'tfjs 3.18.0', or '' when the file does not say. */
  readonly kerasVersion: string;
  /**
   * Weights of one layer in the order of `layer.get_weights()` of the version that wrote the file
   * (for `.keras`: the order of the layer's variables, sublayers' after its own; for Bidirectional
   * forward before backward).
   *
   * @param path names of the nested models, outermost first, then the layer; the outermost model
   *   itself is not named: `['dense']`, `['encoder', 'conv2d']`. A wrapper (TimeDistributed,
   *   Bidirectional) is asked by its own name; a model wrapped in a layer (TimeDistributed of a
   *   model) by the wrapper's name and then the layer's.
   * @returns [] when the layer has no weights; undefined when the file has none for this layer.
   */
  weights(path: readonly string[]): readonly WeightArray[] | undefined;
}

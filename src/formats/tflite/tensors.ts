/** Tensor tables → drafts of values, and the bytes of constants, each read once. */
import type { DType, QuantParams, TensorData } from '../../model/graph';
import { byteSize, elementCount } from '../../model/graph';
import { IntactError } from '../../model/error';
import type { CheckedBuffer } from './checked';
import { malformed } from './checked';
import * as fb from './generated/tflite';
import { decodeData, dtypeOf, typeName } from './types';

/** A value while the graph is being put together. */
export interface Draft {
  name: string;
  shape: readonly number[];
  signature?: readonly number[];
  readonly dtype: DType;
  data?: TensorData;
  readonly quant?: QuantParams;
  /** Index into the model's buffers; 0 is none. */
  readonly buffer: number;
  readonly variable: boolean;
  /** Its bytes are not here, or not in the dense layout. */
  readonly absent?: boolean;
  /** Why no kernel can take this tensor: its type, sparsity or quantization, or a size not known. */
  problem?: string;
}

/** Converters join the names of fused layers with ";"; beyond this they only slow the page. */
const longestName = 2000;
/** Beyond any operator of TFLite. */
const mostDimensions = 16;

function shapeOf(dims: readonly number[], name: string): number[] {
  if (dims.length > mostDimensions) malformed(`tensor "${name}" has ${dims.length} dimensions.`);
  const shape = dims.map((size) => (size === -1 ? 1 : size));
  if (shape.some((size) => size < 0))
    malformed(`tensor "${name}" has the shape [${dims.join(', ')}].`);
  return shape;
}

/** Kept only where it says more than the shape does, and agrees with it. */
function signatureOf(signature: readonly number[], dims: readonly number[]): number[] | undefined {
  const open = signature.length > 0 ? signature : dims;
  const fits =
    open.length === dims.length &&
    open.every((size, axis) => size === -1 || size === (dims[axis] === -1 ? 1 : dims[axis]));
  return fits && open.includes(-1) ? [...open] : undefined;
}

function quantOf(
  bytes: CheckedBuffer,
  table: fb.QuantizationParameters | null,
  shape: readonly number[],
  name: string,
): QuantParams | undefined {
  if (!table) return undefined;
  const scale = bytes.list(table.scaleLength(), (index) => table.scale(index));
  if (scale.length === 0) return undefined;
  const zeroPoint = bytes.list(table.zeroPointLength(), (index) => table.zeroPoint(index));
  if (zeroPoint.length !== scale.length && zeroPoint.length > 0)
    malformed(`tensor "${name}" has ${scale.length} scales, but ${zeroPoint.length} zero points.`);
  if (scale.some((value) => !Number.isFinite(value) || value < 0))
    malformed(`tensor "${name}" has a scale that is negative or no number.`);
  if (zeroPoint.some((value) => value !== BigInt.asIntN(32, value)))
    malformed(`tensor "${name}" has a zero point beyond 32 bits.`);
  const axis = scale.length === 1 ? 0 : table.quantizedDimension();
  if (scale.length > 1 && shape[axis] !== scale.length)
    malformed(
      `tensor "${name}" of shape [${shape.join(', ')}] has ${scale.length} scales along axis ${axis}.`,
    );
  return {
    scale: Float32Array.from(scale),
    zeroPoint: Int32Array.from({ length: scale.length }, (_, index) =>
      Number(zeroPoint[index] ?? 0n),
    ),
    axis,
  };
}

const unsupportedTypes: readonly DType[] = ['string', 'complex64', 'other'];
const quantizedTypes: readonly DType[] = ['int4', 'int8', 'int16', 'int32', 'int64', 'uint8'];

export function readTensor(bytes: CheckedBuffer, tensor: fb.Tensor, index: number): Draft {
  const name = (tensor.name() || `tensor_${index}`).slice(0, longestName);
  const dims = bytes.list(tensor.shapeLength(), (at) => tensor.shape(at));
  const signature = bytes.list(tensor.shapeSignatureLength(), (at) => tensor.shapeSignature(at));
  const shape = shapeOf(dims, name);
  const dtype = dtypeOf(tensor.type());
  const table = tensor.quantization();
  const blockwise = table?.detailsType() === fb.QuantizationDetails.BlockwiseQuantization;
  const problem = unsupportedTypes.includes(dtype)
    ? `tensor "${name}" is of type ${typeName(tensor.type())}`
    : tensor.sparsity()
      ? `tensor "${name}" is sparse`
      : blockwise
        ? `tensor "${name}" is quantized in blocks`
        : tensor.externalBuffer() > 0
          ? `the data of tensor "${name}" is in another file`
          : undefined;
  return {
    name,
    shape,
    signature: signatureOf(signature, dims),
    dtype,
    quant:
      blockwise || !quantizedTypes.includes(dtype) ? undefined : quantOf(bytes, table, shape, name),
    buffer: tensor.buffer(),
    variable: tensor.isVariable(),
    absent: tensor.sparsity() !== null || tensor.externalBuffer() > 0,
    problem,
  };
}

/** Reads constants; tensors that share a buffer share the array, and all arrays together are bounded. */
export interface ConstantReader {
  /** undefined: the tensor has no data in the file. */
  read(draft: Draft): TensorData | undefined;
}

/** Arrays made of a file's constants take at most this many times the file (int4 unpacks to twice). */
const mostUnpacking = 4;

export function constantReader(file: Uint8Array, model: fb.Model): ConstantReader {
  const seen = new Map<string, TensorData>();
  let remaining = file.length * mostUnpacking;

  function bytesOf(index: number, name: string): Uint8Array | undefined {
    if (index >= model.buffersLength())
      malformed(`tensor "${name}" uses buffer ${index}, but there are ${model.buffersLength()}.`);
    const buffer = model.buffers(index)!;
    const length = buffer.dataLength();
    if (length === 0 && buffer.offset() <= 1n) return undefined;
    // Files beyond 2 GB keep the data behind the FlatBuffer; offset 1 is the schema's "not there".
    const start = length === 0 ? buffer.offset() : BigInt(dataStart(buffer));
    const size = length === 0 ? buffer.size() : BigInt(length);
    if (size < 0n || start + size > BigInt(file.length))
      malformed(
        `the data of tensor "${name}" goes beyond its end. Copy or export it again; it may be cut off.`,
      );
    return file.subarray(Number(start), Number(start + size));
  }

  return {
    read(draft) {
      const bytes =
        draft.buffer === 0 || draft.absent ? undefined : bytesOf(draft.buffer, draft.name);
      if (!bytes) return undefined;
      const count = elementCount(draft.shape);
      if (
        !unsupportedTypes.includes(draft.dtype) &&
        bytes.length !== byteSize(draft.dtype, draft.shape)
      )
        malformed(
          `tensor "${draft.name}" (${draft.dtype} [${draft.shape.join(', ')}]) needs ${byteSize(draft.dtype, draft.shape)} bytes, but holds ${bytes.length}.`,
        );
      const key = `${bytes.byteOffset}:${bytes.length}:${draft.dtype}:${draft.dtype === 'int4' ? count : ''}`;
      const known = seen.get(key);
      if (known) return known;
      remaining -= bytes.length * (draft.dtype === 'int4' ? 2 : 1);
      if (remaining < 0)
        throw new IntactError('malformed', 'The constants of this .tflite file overlap.');
      const data = decodeData(draft.dtype, bytes, count);
      seen.set(key, data);
      return data;
    },
  };
}

/** Where the bytes of `Buffer.data` begin (field 0 of the table, vtable entry 4). */
function dataStart(buffer: fb.Buffer): number {
  const bytes = buffer.bb!;
  return bytes.__vector(buffer.bb_pos + bytes.__offset(buffer.bb_pos, 4));
}

/** Graph → .tflite (schema.fbs of TensorFlow Lite, version 3). The same graph gives the same bytes. */
import { Builder } from 'flatbuffers';
import { IntactError } from '../../model/error';
import type { Graph, Node, Value } from '../../model/graph';
import { valueAt } from '../../model/graph';
import { createNames } from '../../model/names';
import type { KnownOp, OpAttrs } from '../../model/ops';
import * as fb from './generated/tflite';
import { builtinCode, codecs, operatorVersion } from './ops';
import { encodeData, tensorTypes } from './types';

export interface WriteOptions {
  /** Stands in the file's `description`. */
  readonly description?: string;
}

/** Offsets are 32-bit and signed in places. */
const mostBytes = 2 ** 31 - 1;
const alignment = 16;

function refuseUnwritable(graph: Graph): void {
  const list = graph.nodes.flatMap((node) =>
    node.op === 'UNSUPPORTED' ? [`${node.attrs.kind} ("${node.name}")`] : [],
  );
  if (list.length > 0)
    throw new IntactError(
      'unsupported',
      `The model cannot be written: it holds operators that Intact does not support: ${list.join(', ')}.`,
      { list },
    );
  const odd = graph.values.find((value) => value.dtype === 'other');
  if (odd)
    throw new IntactError(
      'unsupported',
      `The model cannot be written: the type of tensor "${odd.name}" is not supported.`,
    );
}

interface Buffers {
  /** Distinct contents; place 0 is the empty buffer that every file has. */
  readonly contents: readonly Uint8Array[];
  /** Per value of the graph: its place in `contents`. */
  readonly of: readonly number[];
}

/** FNV-1a over 32 bits, http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(bytes: Uint8Array): number {
  let state = 0x811c9dc5;
  for (const byte of bytes) state = Math.imul(state ^ byte, 0x01000193);
  return state >>> 0;
}

const sameBytes = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);

/** Equal constants share one buffer. */
function collectBuffers(graph: Graph): Buffers {
  const contents: Uint8Array[] = [new Uint8Array(0)];
  const byHash = new Map<number, number[]>();
  const of = graph.values.map((value) => {
    if (!value.data || value.data.length === 0) return 0;
    const bytes = encodeData(value.dtype, value.data);
    const places = byHash.get(hash(bytes)) ?? [];
    const known = places.find((place) => sameBytes(contents[place]!, bytes));
    if (known !== undefined) return known;
    const place = contents.push(bytes) - 1;
    byHash.set(hash(bytes), [...places, place]);
    return place;
  });
  return { contents, of };
}

function writeBuffer(builder: Builder, bytes: Uint8Array): number {
  if (bytes.length === 0) {
    fb.Buffer.startBuffer(builder);
    return fb.Buffer.endBuffer(builder);
  }
  builder.prep(alignment, bytes.length);
  const data = builder.createByteVector(bytes);
  fb.Buffer.startBuffer(builder);
  fb.Buffer.addData(builder, data);
  return fb.Buffer.endBuffer(builder);
}

function writeQuant(builder: Builder, value: Value): number {
  const { quant } = value;
  if (!quant) return 0;
  const scale = fb.QuantizationParameters.createScaleVector(builder, quant.scale);
  const zeroPoint = fb.QuantizationParameters.createZeroPointVector(
    builder,
    Array.from(quant.zeroPoint, BigInt),
  );
  fb.QuantizationParameters.startQuantizationParameters(builder);
  fb.QuantizationParameters.addScale(builder, scale);
  fb.QuantizationParameters.addZeroPoint(builder, zeroPoint);
  fb.QuantizationParameters.addQuantizedDimension(builder, quant.axis);
  return fb.QuantizationParameters.endQuantizationParameters(builder);
}

function writeTensor(builder: Builder, value: Value, buffer: number): number {
  const name = builder.createString(value.name);
  const shape = fb.Tensor.createShapeVector(builder, [...value.shape]);
  const signature = value.signature
    ? fb.Tensor.createShapeSignatureVector(builder, [...value.signature])
    : 0;
  const quant = writeQuant(builder, value);
  fb.Tensor.startTensor(builder);
  fb.Tensor.addShape(builder, shape);
  fb.Tensor.addType(builder, tensorTypes[value.dtype]);
  fb.Tensor.addBuffer(builder, buffer);
  fb.Tensor.addName(builder, name);
  if (quant) fb.Tensor.addQuantization(builder, quant);
  if (signature) fb.Tensor.addShapeSignature(builder, signature);
  fb.Tensor.addHasRank(builder, true);
  return fb.Tensor.endTensor(builder);
}

interface OpCode {
  readonly code: number;
  readonly version: number;
}

function siteOf(graph: Graph, node: Node) {
  return {
    inputs: node.inputs.map((index) => valueAt(graph, index)),
    outputs: node.outputs.map((index) => graph.values[index]!),
  };
}

/** One entry per operator and version, in the order of first use; and which one each node takes. */
function collectCodes(graph: Graph): { codes: OpCode[]; of: number[] } {
  const codes: OpCode[] = [];
  const of = graph.nodes.map((node) => {
    const op = node.op as KnownOp;
    const code = builtinCode(op);
    const version = operatorVersion(op, node.attrs as OpAttrs[KnownOp], siteOf(graph, node));
    const known = codes.findIndex((entry) => entry.code === code && entry.version === version);
    return known >= 0 ? known : codes.push({ code, version }) - 1;
  });
  return { codes, of };
}

function writeCode(builder: Builder, { code, version }: OpCode): number {
  // Codes from 127 on do not fit the old field, which then says so (schema_conversion_utils.cc).
  const old = Math.min(code, fb.BuiltinOperator.PLACEHOLDER_FOR_GREATER_OP_CODES);
  return fb.OperatorCode.createOperatorCode(builder, old, 0, version, code);
}

function writeOperator(builder: Builder, graph: Graph, node: Node, code: number): number {
  const site = { ...siteOf(graph, node), builder };
  const codec = codecs[node.op as KnownOp];
  const options = (codec.write as (attrs: unknown, site: unknown) => number)(node.attrs, site);
  const inputs = fb.Operator.createInputsVector(builder, [...node.inputs]);
  const outputs = fb.Operator.createOutputsVector(builder, [...node.outputs]);
  fb.Operator.startOperator(builder);
  fb.Operator.addOpcodeIndex(builder, code);
  fb.Operator.addInputs(builder, inputs);
  fb.Operator.addOutputs(builder, outputs);
  if (options) {
    fb.Operator.addBuiltinOptionsType(builder, codec.options);
    fb.Operator.addBuiltinOptions(builder, options);
  }
  return fb.Operator.endOperator(builder);
}

/** "serving_default_input_1:0" → "input_1": what a caller of the signature says. */
function borderName(name: string): string {
  return name.replace(/^serving_default_/, '').replace(/:\d+$/, '');
}

function writeSignature(builder: Builder, graph: Graph): number {
  const maps = (indices: readonly number[]) => {
    const names = createNames();
    return indices.map((index) =>
      fb.TensorMap.createTensorMap(
        builder,
        builder.createString(names.claim(borderName(graph.values[index]!.name))),
        index,
      ),
    );
  };
  const inputs = fb.SignatureDef.createInputsVector(builder, maps(graph.inputs));
  const outputs = fb.SignatureDef.createOutputsVector(builder, maps(graph.outputs));
  const key = builder.createString('serving_default');
  return fb.SignatureDef.createSignatureDef(builder, inputs, outputs, key, 0);
}

/**
 * Writes a graph as a .tflite file. Nodes in graph order, tensors in the order of `values`; layer
 * names are not part of the format. Throws IntactError `unsupported` for UNSUPPORTED nodes
 * (`data.list` names them) and `limit` beyond 2 GB.
 */
export function writeTflite(graph: Graph, options: WriteOptions = {}): Uint8Array {
  refuseUnwritable(graph);
  const buffers = collectBuffers(graph);
  const constantBytes = buffers.contents.reduce((sum, bytes) => sum + bytes.length + 64, 0);
  const estimate = constantBytes + 512 * (graph.values.length + graph.nodes.length + 8);
  if (estimate > mostBytes)
    throw new IntactError('limit', 'The model is larger than 2 GB, the most that a .tflite holds.');
  const builder = new Builder(estimate);
  const bufferOffsets = buffers.contents.map((bytes) => writeBuffer(builder, bytes));
  const tensors = graph.values.map((value, index) =>
    writeTensor(builder, value, buffers.of[index]!),
  );
  const { codes, of } = collectCodes(graph);
  const operators = graph.nodes.map((node, index) =>
    writeOperator(builder, graph, node, of[index]!),
  );
  const subgraph = fb.SubGraph.createSubGraph(
    builder,
    fb.SubGraph.createTensorsVector(builder, tensors),
    fb.SubGraph.createInputsVector(builder, [...graph.inputs]),
    fb.SubGraph.createOutputsVector(builder, [...graph.outputs]),
    fb.SubGraph.createOperatorsVector(builder, operators),
    builder.createString(graph.name),
  );
  const codeOffsets = codes.map((code) => writeCode(builder, code));
  const model = fb.Model.createModel(
    builder,
    3,
    fb.Model.createOperatorCodesVector(builder, codeOffsets),
    fb.Model.createSubgraphsVector(builder, [subgraph]),
    builder.createString(options.description ?? 'Written by Intact'),
    fb.Model.createBuffersVector(builder, bufferOffsets),
    0,
    0,
    fb.Model.createSignatureDefsVector(builder, [writeSignature(builder, graph)]),
  );
  fb.Model.finishModelBuffer(builder, model);
  return builder.asUint8Array().slice();
}

/** Option tables of convolutions, dense layers and pooling ⇄ attributes. */
import type { OpAttrs } from '../../model/ops';
import * as fb from './generated/tflite';
import type { Options, ReadSite } from './options';
import {
  activationCode,
  activationOf,
  badActivation,
  optionsOf,
  paddingCode,
  paddingOf,
} from './options';

export const conv: Options<OpAttrs['CONV_2D']> = {
  options: fb.BuiltinOptions.Conv2DOptions,
  read(site) {
    const table = optionsOf(site, this.options, new fb.Conv2DOptions());
    return (
      badActivation(table.fusedActivationFunction()) ?? {
        padding: paddingOf(table.padding()),
        strideW: table.strideW(),
        strideH: table.strideH(),
        dilationW: table.dilationWFactor(),
        dilationH: table.dilationHFactor(),
        activation: activationOf(table.fusedActivationFunction()),
      }
    );
  },
  write: (attrs, { builder }) =>
    fb.Conv2DOptions.createConv2DOptions(
      builder,
      paddingCode(attrs.padding),
      attrs.strideW,
      attrs.strideH,
      activationCode(attrs.activation),
      attrs.dilationW,
      attrs.dilationH,
      fb.TensorType.FLOAT32,
    ),
};

export const depthwise: Options<OpAttrs['DEPTHWISE_CONV_2D']> = {
  options: fb.BuiltinOptions.DepthwiseConv2DOptions,
  read(site) {
    const table = optionsOf(site, this.options, new fb.DepthwiseConv2DOptions());
    return (
      badActivation(table.fusedActivationFunction()) ?? {
        padding: paddingOf(table.padding()),
        strideW: table.strideW(),
        strideH: table.strideH(),
        dilationW: table.dilationWFactor(),
        dilationH: table.dilationHFactor(),
        // The runtime derives it from the shapes and ignores the field, which may be 0.
        depthMultiplier: table.depthMultiplier() || multiplierFromShapes(site),
        activation: activationOf(table.fusedActivationFunction()),
      }
    );
  },
  write: (attrs, { builder }) =>
    fb.DepthwiseConv2DOptions.createDepthwiseConv2DOptions(
      builder,
      paddingCode(attrs.padding),
      attrs.strideW,
      attrs.strideH,
      attrs.depthMultiplier,
      activationCode(attrs.activation),
      attrs.dilationW,
      attrs.dilationH,
    ),
};

function multiplierFromShapes({ inputs }: ReadSite): number {
  const [channels, filters] = [inputs[0]?.shape[3], inputs[1]?.shape[3]];
  return channels && filters && filters % channels === 0 ? filters / channels : 1;
}

export const transposeConv: Options<OpAttrs['TRANSPOSE_CONV']> = {
  options: fb.BuiltinOptions.TransposeConvOptions,
  read(site) {
    const table = optionsOf(site, this.options, new fb.TransposeConvOptions());
    return (
      badActivation(table.fusedActivationFunction()) ?? {
        padding: paddingOf(table.padding()),
        strideW: table.strideW(),
        strideH: table.strideH(),
        activation: activationOf(table.fusedActivationFunction()),
      }
    );
  },
  write: (attrs, { builder }) =>
    fb.TransposeConvOptions.createTransposeConvOptions(
      builder,
      paddingCode(attrs.padding),
      attrs.strideW,
      attrs.strideH,
      activationCode(attrs.activation),
      fb.TensorType.FLOAT32,
    ),
};

export const fullyConnected: Options<OpAttrs['FULLY_CONNECTED']> = {
  options: fb.BuiltinOptions.FullyConnectedOptions,
  read(site) {
    const table = optionsOf(site, this.options, new fb.FullyConnectedOptions());
    if (table.weightsFormat() !== fb.FullyConnectedOptionsWeightsFormat.DEFAULT)
      return 'its weights are in the shuffled 4×16 layout';
    return (
      badActivation(table.fusedActivationFunction()) ?? {
        activation: activationOf(table.fusedActivationFunction()),
        keepNumDims: table.keepNumDims(),
        asymmetricQuantizeInputs: table.asymmetricQuantizeInputs(),
      }
    );
  },
  write: (attrs, { builder }) =>
    fb.FullyConnectedOptions.createFullyConnectedOptions(
      builder,
      activationCode(attrs.activation),
      fb.FullyConnectedOptionsWeightsFormat.DEFAULT,
      attrs.keepNumDims,
      attrs.asymmetricQuantizeInputs,
      fb.TensorType.FLOAT32,
    ),
};

export const pool: Options<OpAttrs['MAX_POOL_2D']> = {
  options: fb.BuiltinOptions.Pool2DOptions,
  read(site) {
    const table = optionsOf(site, this.options, new fb.Pool2DOptions());
    return (
      badActivation(table.fusedActivationFunction()) ?? {
        padding: paddingOf(table.padding()),
        strideW: table.strideW(),
        strideH: table.strideH(),
        filterW: table.filterWidth(),
        filterH: table.filterHeight(),
        activation: activationOf(table.fusedActivationFunction()),
      }
    );
  },
  write: (attrs, { builder }) =>
    fb.Pool2DOptions.createPool2DOptions(
      builder,
      paddingCode(attrs.padding),
      attrs.strideW,
      attrs.strideH,
      attrs.filterW,
      attrs.filterH,
      activationCode(attrs.activation),
    ),
};

/** Older and shorter names of classes, and the configs of Keras 1, as Keras 2 writes them. */
import type { Json } from './fields';
import { field, isJson } from './fields';

const classes: Readonly<Record<string, string>> = {
  Convolution1D: 'Conv1D',
  Convolution2D: 'Conv2D',
  AtrousConvolution1D: 'Conv1D',
  AtrousConvolution2D: 'Conv2D',
  SeparableConvolution1D: 'SeparableConv1D',
  SeparableConvolution2D: 'SeparableConv2D',
  Deconvolution2D: 'Conv2DTranspose',
  Convolution1DTranspose: 'Conv1DTranspose',
  Convolution2DTranspose: 'Conv2DTranspose',
  MaxPool1D: 'MaxPooling1D',
  MaxPool2D: 'MaxPooling2D',
  AvgPool1D: 'AveragePooling1D',
  AvgPool2D: 'AveragePooling2D',
  GlobalAvgPool1D: 'GlobalAveragePooling1D',
  GlobalAvgPool2D: 'GlobalAveragePooling2D',
  GlobalMaxPool1D: 'GlobalMaxPooling1D',
  GlobalMaxPool2D: 'GlobalMaxPooling2D',
  BatchNormalizationV1: 'BatchNormalization',
  BatchNormalizationV2: 'BatchNormalization',
};

export function modernClass(name: string): string {
  return Object.hasOwn(classes, name) ? classes[name]! : name;
}

function both(config: Json, first: string, second: string): unknown {
  const [a, b] = [field(config, first), field(config, second)];
  return a === undefined || b === undefined ? undefined : [a, b];
}

/** keras/legacy/interfaces.py of Keras 2, for the arguments that matter in inference. */
export function modernConfig(type: string, config: Json): Json {
  const take = (entries: Readonly<Record<string, unknown>>): Json => {
    const known = Object.entries(entries).filter(([, value]) => value !== undefined);
    return { ...config, ...Object.fromEntries(known) };
  };
  const ordering = field(config, 'dim_ordering');
  const common = {
    data_format:
      ordering === 'th' ? 'channels_first' : ordering === 'tf' ? 'channels_last' : undefined,
    padding: field(config, 'border_mode'),
    use_bias: field(config, 'bias'),
  };
  switch (type) {
    case 'Dense':
      return take({ units: field(config, 'output_dim'), use_bias: field(config, 'bias') });
    case 'Conv1D':
      return take({
        ...common,
        filters: field(config, 'nb_filter'),
        kernel_size: field(config, 'filter_length'),
        strides: field(config, 'subsample_length'),
        dilation_rate: field(config, 'atrous_rate'),
      });
    case 'Conv2D':
    case 'SeparableConv2D':
    case 'Conv2DTranspose':
      return take({
        ...common,
        filters: field(config, 'nb_filter'),
        kernel_size: both(config, 'nb_row', 'nb_col'),
        strides: field(config, 'subsample'),
        dilation_rate: field(config, 'atrous_rate'),
      });
    case 'MaxPooling1D':
    case 'AveragePooling1D':
      return take({
        ...common,
        pool_size: field(config, 'pool_length'),
        strides: field(config, 'stride'),
      });
    case 'Dropout':
      return take({ rate: field(config, 'p') });
    default:
      return isJson(config) ? take(common) : config;
  }
}

/**
 * Rows of docs/reference/repair.json. A row: id (stays), model and label for people, files that it needs,
 * arguments of the shell's quantize, and seeds where rounding draws. To add some: a list, here.
 */
import { adaroundRows } from './rounding.mjs';

const digits = 'public/samples/mnist.npz';
const mobilenet = {
  model: 'MNIST MobileNet',
  file: 'public/samples/mnist-mobilenet.keras',
  data: digits,
  more: ['--samples', '500'],
};
const resnet8 = {
  model: 'ResNet-8',
  file: '../shared/models/mlperf-tiny/resnet8.h5',
  data: '../shared/data/cifar10/cifar10_1000.npz',
  more: ['--preprocess', 'raw-255', '--samples', '200'],
};

/** @param repairs words of --repair; none: as quantized */
export function row(id, { model, file, data, more }, scheme, repairs = '', extra = {}) {
  const words = repairs ? ['--repair', repairs] : [];
  return {
    ...{ id, model, label: `${scheme}${repairs ? `, ${repairs}` : ''}`, files: [file, data] },
    args: [file, '--data', data, '--scheme', scheme, ...more, ...words],
    ...extra,
  };
}
export const models = { mobilenet, resnet8 };

const closed = [
  row('mobilenet', mobilenet, 'int8-per-tensor'),
  row('mobilenet-equalize', mobilenet, 'int8-per-tensor', 'equalize'),
  row('mobilenet-equalize-absorb', mobilenet, 'int8-per-tensor', 'equalize,absorb'),
  row('mobilenet-equalize-relu', mobilenet, 'int8-per-tensor', 'equalize-relu'),
  row('mobilenet-bias', mobilenet, 'int8-per-tensor', 'bias'),
  row('mobilenet-equalize-bias', mobilenet, 'int8-per-tensor', 'equalize,bias'),
  row('mobilenet-squant', mobilenet, 'int8-per-tensor', 'squant'),
  row('mobilenet-equalize-squant-bias', mobilenet, 'int8-per-tensor', 'equalize,squant,bias'),
  row('mobilenet-int4', mobilenet, 'int4'),
  row('mobilenet-int4-bias', mobilenet, 'int4', 'bias'),
  row('mobilenet-int4-squant', mobilenet, 'int4', 'squant'),
  row('mobilenet-int4-squant-bias', mobilenet, 'int4', 'squant,bias'),
  row('resnet8-int4', resnet8, 'int4'),
  row('resnet8-int4-bias', resnet8, 'int4', 'bias'),
  row('resnet8-int4-squant', resnet8, 'int4', 'squant'),
  row('resnet8-int4-squant-bias', resnet8, 'int4', 'squant,bias'),
];

export const rows = [...closed, ...adaroundRows({ row, models })];

/** AdaRound at 4 bits: half of the CIFAR images calibrate, the other half evaluates; three seeds of rounding. */
export function adaroundRows({ row, models }) {
  const half = { ...models.resnet8, more: ['--preprocess', 'raw-255', '--samples', '500'] };
  const seeds = { seeds: [1, 2, 3] };
  return [
    { id: 'resnet8-half', model: half },
    { id: 'mobilenet', model: models.mobilenet },
  ].flatMap(({ id, model }) => [
    ...(id === 'mobilenet' ? [] : [row(`${id}-int4`, model, 'int4')]),
    largest(row(`${id}-int4-largest`, model, 'int4')),
    row(`${id}-int4-adaround`, model, 'int4', 'adaround', seeds),
    largest(row(`${id}-int4-largest-adaround`, model, 'int4', 'adaround', seeds)),
  ]);
}

/** LiteRT Quantizer's own recipe: scales of the largest weight, where int4 has those of least squared error. */
const largest = (made) => {
  const args = [...made.args];
  args.splice(args.indexOf('--scheme'), 2, '--recipe', 'static_wi4_ai8');
  return { ...made, args, label: made.label.replace('int4', 'int4, scales of the largest weight') };
};

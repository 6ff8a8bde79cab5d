/** Two operands or one, element by element, with broadcasting. */
import type { Activation, OpName } from '../../model/ops';
import { unbounded, type Rounding } from '../arithmetic';
import { tf, type TfTensor } from '../tf';
import { boundsOf, unary } from './activation';
import { computes, moves, stops, type Layer } from './layer';

type Fused = 'SUB' | 'MUL' | 'DIV';
const fused = <K extends Fused>(
  f: (a: TfTensor, b: TfTensor) => TfTensor,
  rounding: Rounding,
): Layer<K> =>
  computes((site) => {
    const { activation } = site.attrs as { activation: Activation };
    return site.finish(f(site.input(0), site.input(1)), rounding, activation);
  });

export const add = computes<'ADD'>((site) => {
  const bounds = boundsOf(site.attrs.activation);
  const sum = site.arithmetic.add(
    site.input(0),
    site.input(1),
    bounds ?? unbounded,
    bounds && site.grid('up'),
  );
  return bounds ? sum : site.finish(sum, 'up', site.attrs.activation);
});
export const sub = fused<'SUB'>((a, b) => tf.sub(a, b), 'up');
export const mul = fused<'MUL'>((a, b) => tf.mul(a, b), 'even');
export const div = fused<'DIV'>((a, b) => tf.div(a, b), 'even');

const plain = <K extends OpName>(
  f: (a: TfTensor, b: TfTensor) => TfTensor,
  rounding: Rounding = 'even',
): Layer<K> => computes((site) => site.finish(f(site.input(0), site.input(1)), rounding));

export const squaredDifference = plain<'SQUARED_DIFFERENCE'>(
  (a, b) => tf.squaredDifference(a, b),
  'away',
);
export const pow = plain<'POW'>((a, b) => tf.pow(a, b));
export const maximum = moves<'MAXIMUM'>((site) => tf.maximum(site.input(0), site.input(1)));
export const minimum = moves<'MINIMUM'>((site) => tf.minimum(site.input(0), site.input(1)));

const steps = 'its result moves in steps, so that its gradient is 0';
export const floorDiv = stops<'FLOOR_DIV'>(steps, (site) =>
  tf.floorDiv(site.input(0), site.input(1)),
);
export const floorMod = stops<'FLOOR_MOD'>(steps, (site) => tf.mod(site.input(0), site.input(1)));

export const exp = unary<'EXP'>((x) => tf.exp(x));
export const log = unary<'LOG'>((x) => tf.log(x));
export const sqrt = unary<'SQRT'>((x) => tf.sqrt(x));
export const rsqrt = unary<'RSQRT'>((x) => tf.rsqrt(x), 'away');
export const square = unary<'SQUARE'>((x) => tf.square(x));
export const abs = unary<'ABS'>((x) => tf.abs(x), 'away');
export const neg = unary<'NEG'>((x) => tf.neg(x));
export const sin = unary<'SIN'>((x) => tf.sin(x));
export const cos = unary<'COS'>((x) => tf.cos(x));

const step = <K extends OpName>(f: (x: TfTensor) => TfTensor): Layer<K> =>
  stops(steps, (site) => f(site.input(0)));
export const sign = step<'SIGN'>((x) => tf.sign(x));
export const floor = step<'FLOOR'>((x) => tf.floor(x));
export const ceil = step<'CEIL'>((x) => tf.ceil(x));
export const round = step<'ROUND'>((x) => tf.round(x));

const truth = 'its result is true or false, which has no gradient';
const compare = <K extends OpName>(f: (a: TfTensor, b: TfTensor) => TfTensor): Layer<K> =>
  stops(truth, (site) => f(site.input(0), site.input(1)));
export const equal = compare<'EQUAL'>((a, b) => tf.equal(a, b));
export const notEqual = compare<'NOT_EQUAL'>((a, b) => tf.notEqual(a, b));
export const greater = compare<'GREATER'>((a, b) => tf.greater(a, b));
export const greaterEqual = compare<'GREATER_EQUAL'>((a, b) => tf.greaterEqual(a, b));
export const less = compare<'LESS'>((a, b) => tf.less(a, b));
export const lessEqual = compare<'LESS_EQUAL'>((a, b) => tf.lessEqual(a, b));
export const logicalAnd = compare<'LOGICAL_AND'>((a, b) => tf.logicalAnd(a, b));
export const logicalOr = compare<'LOGICAL_OR'>((a, b) => tf.logicalOr(a, b));
export const logicalNot = stops<'LOGICAL_NOT'>(truth, (site) => tf.logicalNot(site.input(0)));

const selects = <K extends OpName>(): Layer<K> =>
  computes((site) =>
    site.finish(tf.where(tf.cast(site.input(0), 'bool'), site.input(1), site.input(2)), 'even'),
  );
export const select = selects<'SELECT'>();
export const selectV2 = selects<'SELECT_V2'>();

const typeOf = (to: string) => (to === 'float32' ? 'float32' : to === 'bool' ? 'bool' : 'int32');
/** Both ways: from integers nothing trains, to integers no gradient passes. */
export const cast = computes<'CAST'>((site) => tf.cast(site.input(0), typeOf(site.attrs.to)));

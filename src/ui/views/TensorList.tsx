import type { Graph, Value } from '../../model/graph';
import type { Plan } from '../../quant/types';
import { short } from '../../quant/words';
import { integer, number, shape } from '../../analysis/format';
import { shortName } from '../names';
import styles from '../styles/inspector.module.css';

interface TensorListProps {
  id: string;
  /** As imported and optimized. */
  graph?: Graph;
  /** What Export writes; its tensors take precedence. */
  converted?: Graph;
  plan?: Plan;
}

/** The layer's tensors with type, scale and zero point, and why the plan chose them. */
export function TensorList({ id, graph, converted, plan }: TensorListProps) {
  const tensors = tensorsOf(converted, id) ?? tensorsOf(graph, id) ?? [];
  if (tensors.length === 0) return null;
  return (
    <section>
      <h3>Tensors {converted ? 'of the converted model' : ''}</h3>
      <ul className={styles.tensors}>
        {tensors.map(({ role, value }) => (
          <li key={`${role} ${value.name}`}>
            <b>{role}</b> {value.dtype} {shape(value.shape)}
            <span className={styles.tensorName} title={value.name}>
              {shortName(value.name, 80)}
            </span>
            {value.quant && <span className={styles.sub}>{quantText(value)}</span>}
            {plan?.values[value.name] && (
              <span className={styles.sub}>{short(plan.values[value.name]!.why)}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function tensorsOf(
  graph: Graph | undefined,
  id: string,
): { role: string; value: Value }[] | undefined {
  const node = graph?.nodes.find(({ name }) => name === id);
  if (!graph || !node) return undefined;
  const named = (role: string) => (index: number) => {
    const value = graph.values[index];
    return value ? [{ role: value.data ? 'Constant' : role, value }] : [];
  };
  return [...node.inputs.flatMap(named('Input')), ...node.outputs.flatMap(named('Output'))];
}

function quantText({ quant }: Value): string {
  if (!quant) return '';
  const { scale, zeroPoint, axis } = quant;
  if (scale.length === 1)
    return `scale ${number(scale[0]!)}, zero point ${integer(zeroPoint[0] ?? 0)}`;
  const low = scale.reduce((a, b) => Math.min(a, b), Infinity);
  const high = scale.reduce((a, b) => Math.max(a, b), 0);
  return `${scale.length} scales along axis ${axis}: ${number(low)} … ${number(high)}`;
}

import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { budgetProblem, parseBudget } from '../../analysis/dial';
import { asIntactError } from '../../model/error';
import type { Budget, Preference } from '../../run/dial';
import type { Score } from '../../run/figures';
import styles from './dial.module.css';

const kinds = [
  { value: 'accuracy', label: 'Lose at most', example: '0.5 points' },
  { value: 'sqnr', label: 'Output SQNR at least', example: '30 dB' },
  { value: 'size', label: 'File at most', example: '300 kB' },
  { value: 'high', label: 'MACs above 8 bit at most', example: '20 %' },
] as const;
type Kind = (typeof kinds)[number]['value'];
const preferences = [
  { value: 'smallest', label: 'smallest' },
  { value: 'fastest', label: 'fastest' },
];

interface Props {
  /** Of the score that stands for the model. */
  readonly score: Pick<Score, 'kind' | 'unit'> | undefined;
  readonly disabled: boolean;
  readonly find: (budget: Budget) => void;
}

/** A budget, and the mixture that keeps it is looked for. */
export function BudgetForm({ score, disabled, find }: Props) {
  const [kind, setKind] = useState<Kind>(score?.kind === 'likeness' ? 'sqnr' : 'accuracy');
  const [text, setText] = useState('');
  const [prefer, setPrefer] = useState<Preference>('smallest');
  const [problem, setProblem] = useState<string>();
  const { example } = kinds.find(({ value }) => value === kind)!;
  const chooses = kind === 'accuracy' || kind === 'sqnr';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    try {
      const amount = text.trim() || example;
      const budget = parseBudget(`${kind}:${amount}${chooses ? `:${prefer}` : ''}`);
      const wrong = score && budgetProblem(budget, score.kind);
      setProblem(wrong);
      if (wrong === undefined) find(budget);
    } catch (thrown) {
      setProblem(asIntactError(thrown).message);
    }
  };
  return (
    <form className={styles.bar} onSubmit={submit} aria-label="Mixture for a budget">
      <NativeSelect
        size="xs"
        label="Budget"
        data={[...kinds]}
        value={kind}
        onChange={({ currentTarget }) => {
          setKind(currentTarget.value as Kind);
          setText('');
          setProblem(undefined);
        }}
      />
      <TextInput
        size="xs"
        label="Amount"
        placeholder={example}
        value={text}
        error={problem}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      {chooses && (
        <NativeSelect
          size="xs"
          label="Of those that keep it"
          data={preferences}
          value={prefer}
          onChange={({ currentTarget }) => setPrefer(currentTarget.value as Preference)}
        />
      )}
      <Button type="submit" size="xs" variant="default" disabled={disabled}>
        Find
      </Button>
    </form>
  );
}

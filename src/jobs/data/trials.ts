/**
 * What the model answered while a set was opened, in the order in which it was asked. The same set opened
 * in another worker asks the same, so that it is told instead of run again: a trial takes as long as an
 * evaluation of its samples, once for each candidate.
 */
import type { Look, LookAt, TrialScore, TryOut } from '../../data/samples';

type Answer = readonly TrialScore[] | readonly Look[];

export interface Trials {
  /** Of everything that decides what is asked: files, choices, what the model needs. */
  readonly key: string;
  readonly answers: readonly Answer[];
}

/** Both with what is known; `answers` grows by every answer, told or run. */
export function remembering(
  { tryOut, lookAt }: { readonly tryOut: TryOut; readonly lookAt: LookAt },
  known: readonly Answer[] = [],
): { readonly tryOut: TryOut; readonly lookAt: LookAt; readonly answers: readonly Answer[] } {
  const answers: Answer[] = [];
  async function asked<A extends Answer>(run: () => Promise<A>): Promise<A> {
    const answer = (known[answers.length] as A | undefined) ?? (await run());
    answers.push(answer);
    return answer;
  }
  return {
    answers,
    tryOut: (...given) => asked(() => tryOut(...given)),
    lookAt: (...given) => asked(() => lookAt(...given)),
  };
}

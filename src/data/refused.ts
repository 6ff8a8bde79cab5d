/** A refusal that says what could be chosen instead: the checks travel in the error's data, to the page. */
import { asIntactError, IntactError } from '../model/error';
import type { Check } from './samples';

/** The same error, with what was decided so far and could be decided otherwise. */
export function refusedWith(thrown: unknown, checks: readonly Check[]): IntactError {
  const error = asIntactError(thrown);
  if (error.code !== 'bad-data' && error.code !== 'usage') return error;
  const all = [...checks, ...checksOf(error)];
  const last = new Map(all.map((check) => [check.id, check]));
  return new IntactError(error.code, error.message, { ...error.data, checks: [...last.values()] });
}

/** What a refusal leaves to choose; empty where nothing would help. */
export function checksOf({ data }: IntactError): readonly Check[] {
  const { checks } = data;
  return Array.isArray(checks) ? (checks as Check[]) : [];
}

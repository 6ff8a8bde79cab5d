/**
 * Regular expressions of recipes. They are the user's, from files too: RE2 runs them in time linear in
 * the name, where RegExp can hang for minutes on `(a+)+$`.
 */
import { RE2JS } from 're2js';

/** `^…$` with every special character escaped: a name, as overrides write it. */
const literal = /^\^((?:[^.*+?^${}()|[\]\\]|\\[.*+?^${}()|[\]\\])*)\$$/;

/** The name that an override's pattern stands for; undefined for other patterns. */
export const literalOf = (regex: string): string | undefined =>
  literal.exec(regex)?.[1]?.replace(/\\(.)/g, '$1');

/** True where some part of the name matches, as RegExp.test has it. Throws on what RE2 doesn't take: syntax errors, look-around, back-references. */
export function patternOf(regex: string): (name: string) => boolean {
  if (regex === '.*') return () => true;
  const name = literalOf(regex);
  if (name !== undefined) return (other) => other === name;
  const pattern = RE2JS.compile(RE2JS.translateRegExp(regex));
  return (other) => pattern.matcher(other).find();
}

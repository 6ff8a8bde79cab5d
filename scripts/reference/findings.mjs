/** Rules of diagnosis against nets that have their fault, and nets that nearly have it. */
export async function run({ load, parts }) {
  const { judgeAll } = await load('/scripts/reference/findings/all.ts');
  return judgeAll(parts);
}

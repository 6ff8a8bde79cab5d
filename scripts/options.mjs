/** Options of a command that are numbers, and what else stands in its words. */
import { parseArgs } from 'node:util';

/**
 * @param usage one line, printed where the words are wrong; the command then ends with 2
 * @param usual the options and what they are where nothing is said
 */
export function numbersOf(usage, usual) {
  const wrong = (why) => {
    console.error(`${why}\n${usage}`);
    process.exit(2);
  };
  const options = Object.fromEntries(Object.keys(usual).map((name) => [name, { type: 'string' }]));
  let read;
  try {
    read = parseArgs({ options, allowPositionals: true });
  } catch ({ message }) {
    wrong(message);
  }
  const numbers = { ...usual };
  for (const [name, text] of Object.entries(read.values)) {
    numbers[name] = Number(text);
    if (!(numbers[name] > 0)) wrong(`--${name} takes a number above zero.`);
  }
  return { ...numbers, others: read.positionals, wrong };
}

/** Against what ai_edge_quantizer.recipe makes (0.10), read off its JSON. */
import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { readRecipeJson } from './recipe';
import { namedRecipe, recipeNames } from './recipeNames';

const theirs = JSON.parse(
  readFileSync(new URL('./fixtures/recipes.json', import.meta.url)).toString(),
) as Record<string, unknown>;

describe('recipes by LiteRT Quantizer’s names', () => {
  it.each(Object.keys(theirs))('%s', (name) => {
    const read = readRecipeJson(JSON.stringify(theirs[name]));
    expect(namedRecipe(name).rules).toEqual(read.rules);
  });
  it('and the two that only its policy names', () => {
    const more = recipeNames.filter((name) => !(name in theirs));
    expect(more).toEqual(['static_wi4_ai8', 'static_wi4_ai16']);
    expect(() => namedRecipe('static_wi2_ai8')).toThrow(/Choose one of static_wi8_ai8/);
  });
});

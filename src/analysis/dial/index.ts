/** Mixed precision: budgets, what to measure for one, and which mixture keeps it (README.md). */
export {
  axes,
  costOf,
  endName,
  floatAt,
  positionsOf,
  qualities,
  qualityOf,
  snapped,
  type DialAxis,
  type Quality,
} from './axes';
export { budgetForms, budgetProblem, budgetText, keeps, parseBudget } from './budget';
export { choose, layersText, mixText, pointText, samplesText } from './choose';
export { answersFrom, isBetter, isWorse, lossOf } from './quality';
export { mixtureRequest } from './mixture';
export { curve, forBudget, type Mix, type Search, type Space } from './search';

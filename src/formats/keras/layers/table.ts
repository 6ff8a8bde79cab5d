/** Every Keras layer that Intact knows, by class name. Add a line here for a new family. */
import { activationLayers } from './activation';
import { convLayers } from './conv';
import { convTransposeLayers } from './convTranspose';
import { coreLayers } from './core';
import type { LayerDefinition } from './layer';
import { mergeLayers } from './merge';
import { normalizationLayers } from './normalization';
import { poolLayers } from './pool';
import { preprocessingLayers } from './preprocessing';
import { reshapeLayers } from './reshape';
import { wrapperLayers } from './wrappers';

const layers: Readonly<Record<string, LayerDefinition>> = {
  ...coreLayers,
  ...activationLayers,
  ...convLayers,
  ...convTransposeLayers,
  ...poolLayers,
  ...normalizationLayers,
  ...mergeLayers,
  ...reshapeLayers,
  ...preprocessingLayers,
  ...wrapperLayers,
};

export function definitionOf(type: string): LayerDefinition | undefined {
  return Object.hasOwn(layers, type) ? layers[type] : undefined;
}

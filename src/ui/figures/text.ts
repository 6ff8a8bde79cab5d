/** How figures are written, by their unit alone. */
export * from '../../analysis/figures/text';

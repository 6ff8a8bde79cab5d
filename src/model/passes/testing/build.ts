/** Moved: import from src/testing/graphs. */
export * from '../../../testing/graphs';

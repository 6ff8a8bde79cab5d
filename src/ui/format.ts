/** Numbers as people read them: one definition for page, report and shell. */
export * from '../analysis/format';

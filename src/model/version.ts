/** Of this Intact, as package.json has it: what a report was written by. */
export const VERSION = '0.1.0';

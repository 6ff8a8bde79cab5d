/** Every thread has an instance of its own over the memory that all share. */

/** The number of this one; 0: the engine's own. Scratch memory of a tile is chosen by it. */
export let thread: i32 = 0;

export function useThread(index: i32): void {
  thread = index;
}

/**
 * Which buffer holds which value: buffers are taken over by later values once nobody needs what is in
 * them (best fit, in the order of the steps). Values that share bytes (a RESHAPE) are one root here.
 */

/** What one step reads and writes, as roots. */
export interface Use {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

export interface SlotPlan {
  /** Slot of each root. */
  readonly slots: ReadonlyMap<number, number>;
  /** Words of each slot. */
  readonly sizes: readonly number[];
}

/**
 * @param words of a root
 * @param pinned roots that keep a slot of their own (inputs and outputs of the graph)
 * @param keepAll no two roots share a slot
 */
export function planSlots(
  uses: readonly Use[],
  words: (root: number) => number,
  pinned: ReadonlySet<number>,
  keepAll = false,
): SlotPlan {
  const last = new Map<number, number>();
  uses.forEach(({ reads, writes }, at) => {
    for (const root of [...reads, ...writes]) last.set(root, at);
  });
  const slots = new Map<number, number>();
  const sizes: number[] = [];
  const free: number[] = [];
  const open = (root: number) => {
    slots.set(root, sizes.length);
    sizes.push(words(root));
  };
  for (const root of pinned) open(root);
  const take = (root: number) => {
    if (slots.has(root)) return;
    const size = words(root);
    if (keepAll || free.length === 0) {
      open(root);
      return;
    }
    // The smallest that fits; else the largest, grown.
    const fits = free.filter((slot) => sizes[slot]! >= size);
    const chosen =
      fits.length > 0
        ? fits.reduce((best, slot) => (sizes[slot]! < sizes[best]! ? slot : best))
        : free.reduce((best, slot) => (sizes[slot]! > sizes[best]! ? slot : best));
    sizes[chosen] = Math.max(sizes[chosen]!, size);
    free.splice(free.indexOf(chosen), 1);
    slots.set(root, chosen);
  };
  uses.forEach(({ reads, writes }, at) => {
    writes.forEach(take);
    for (const root of new Set([...reads, ...writes])) {
      if (last.get(root) === at && !pinned.has(root) && slots.has(root))
        free.push(slots.get(root)!);
    }
  });
  return { slots, sizes };
}

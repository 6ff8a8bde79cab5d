/** Unique names: values and nodes are found by name across passes, so no two may share one. */
export interface Names {
  /** `wanted`, or the first of `wanted_1`, `wanted_2`, … that is free; taken from now on. */
  claim(wanted: string): string;
  release(name: string): void;
}

export function createNames(inUse: Iterable<string> = []): Names {
  const taken = new Set(inUse);
  const next = new Map<string, number>();
  return {
    claim(wanted) {
      let name = wanted;
      while (taken.has(name)) {
        const count = (next.get(wanted) ?? 0) + 1;
        next.set(wanted, count);
        name = `${wanted}_${count}`;
      }
      taken.add(name);
      return name;
    },
    release(name) {
      taken.delete(name);
    },
  };
}

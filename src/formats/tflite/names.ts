/** Hands out unique names: the first one asking for a name gets it, later ones get "name_1", "name_2"… */
export function uniqueNames(): (wanted: string) => string {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return (wanted) => {
    let name = wanted;
    while (taken.has(name)) {
      const number = (next.get(wanted) ?? 0) + 1;
      next.set(wanted, number);
      name = `${wanted}_${number}`;
    }
    taken.add(name);
    return name;
  };
}

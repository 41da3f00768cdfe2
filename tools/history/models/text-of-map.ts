/** Returns a function for the text of a map. It keeps the texts, because most states share their maps. */
export function textOfMap<Value>(
  textOf: (name: string, value: Value) => string,
): (map: ReadonlyMap<string, Value>) => string {
  const known = new WeakMap<ReadonlyMap<string, Value>, string>();
  return (map) => {
    const text =
      known.get(map) ??
      ([...map]
        .map(([name, value]) => textOf(name, value))
        .sort()
        .join(", ") ||
        "none");
    known.set(map, text);
    return text;
  };
}

/** Whether a thing happens that has this chance from 0 to 1. */
export function happens(chance: number): boolean {
  return Math.random() < chance;
}

/** A random whole number from 0 to below `end`. */
export function below(end: number): number {
  return Math.floor(Math.random() * end);
}

export function oneOf<Thing>(first: Thing, ...others: readonly Thing[]): Thing {
  return others[below(others.length + 1) - 1] ?? first;
}

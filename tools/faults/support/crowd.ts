import type { Bench } from "../bench.js";

/** Does `count` pieces of work with so many hands at once, and shows how far it is. Ends early when the run is given up. */
export async function crowd(
  bench: Bench,
  { count, hands }: { readonly count: number; readonly hands: number },
  work: (index: number, hand: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const hand = async (own: number) => {
    while (next < count && !bench.signal.aborted) {
      const index = next++;
      if (index % 1_000 === 0) bench.progress(`${number(index)} of ${number(count)}`);
      await work(index, own);
    }
  };
  await Promise.all(Array.from({ length: hands }, (_, own) => hand(own)));
}

/** A number for people: `1,000,000`. */
export function number(value: number): string {
  return value.toLocaleString("en-GB");
}

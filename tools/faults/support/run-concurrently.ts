import type { FaultRun } from "../fault-run.js";

/**
 * Does `count` pieces of work with so many hands at once, and shows how far it is. Ends early when
 * the run is given up.
 */
export async function runConcurrently(
  run: FaultRun,
  { count, hands: workers }: { readonly count: number; readonly hands: number },
  work: (index: number, hand: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const hand = async (own: number) => {
    while (next < count && !run.signal.aborted) {
      const index = next++;
      if (index % 1_000 === 0) run.progress(`${formatNumber(index)} of ${formatNumber(count)}`);
      await work(index, own);
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, own) => hand(own)));
}

/** A number for people: `1,000,000`. */
export function formatNumber(value: number): string {
  return value.toLocaleString("en-GB");
}

import type { FaultRun } from "../fault-run.js";

/**
 * Runs `count` pieces of work with `workers` concurrent workers, and reports the progress. It ends
 * early if the run is aborted.
 */
export async function runConcurrently(
  run: FaultRun,
  { count, workers }: { readonly count: number; readonly workers: number },
  work: (index: number, worker: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const loop = async (own: number) => {
    while (next < count && !run.signal.aborted) {
      const index = next++;
      if (index % 1_000 === 0) run.progress(`${formatNumber(index)} of ${formatNumber(count)}`);
      await work(index, own);
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, own) => loop(own)));
}

/** Formats a number for people: `1,000,000`. */
export function formatNumber(value: number): string {
  return value.toLocaleString("en-GB");
}

import type { Costs } from "../../codegen/src/costs.js";

/** How many scripts without a rival the page explains: those with the highest ratio to their bare calls. */
const EXPLAINED = 3;

/** Why a script without a rival takes a multiple of the time of its bare calls. */
const REASONS: Readonly<Record<string, string>> = {
  "price.set_sale":
    "It reads all sales and writes the calendar of prices anew, so that a read needs one line.",
  "price.remove_sale": "It reads all sales and writes the calendar of prices anew.",
  "quota.count": "It looks at eight entries for some that have ended, and compares the sums with the quota.",
  "quota.forget": "It checks the stored size and the sums, and formats the new ones.",
  "quota.read": "It checks the sums, and replies with two values.",
  "writebehind.list_dead": "It takes each dead write apart, and replies with six values for each.",
  "writebehind.take": "It takes each queued write apart, and replies with the values as one text.",
  "writebehind.read": "It takes the queued write apart, and copies its value.",
  "slot.join":
    "Each worker calls it once in a third of its lease, about every 3 s. It replies with all members.",
  "stock.sweep": "It checks the text of each reservation whose lease has ended, and writes a new one.",
  "stock.forget": "It checks the text of each held reservation, and writes a new one.",
  "expiry.list_dead": "It checks the count of each item, and replies with three values for each.",
  "expiry.upcoming": "It checks the instant of each item, and replies with two values for each.",
  "expiry.renew": "It compares the lease of each item of the claim.",
  "cart.read": "It checks each line of the record, sorts them, and replies with three values for each.",
  "cart.settle": "It checks each line of the record, and replies with two values for each open one.",
  "cart.finish": "It checks each line that has followed, and writes its new text.",
  "coupon.read": "It checks the rules and both counts, and replies with ten values.",
  "coupon.set": "It checks the stored rules, and formats the new ones.",
  "views.take": "It checks the count of each product, and replies with two values for each.",
  "job.start": "It compares the fence and the number of the last run, and formats five fields.",
  "job.read": "Its commands read one hash, so the checks of the fields are most of its time.",
};

/** The highest ratios to bare calls, each script once, the highest first. */
export function highest(scripts: Costs["scripts"]): { readonly script: string; readonly ratio: number }[] {
  return Object.entries(scripts)
    .flatMap(([script, { paths }]) => {
      const ratios = paths
        .filter(({ comparedWith }) => comparedWith === "bare calls")
        .map(({ ratio }) => ratio);
      return ratios.length === 0 ? [] : [{ script, ratio: Math.max(...ratios) }];
    })
    .toSorted((one, other) => other.ratio - one.ratio)
    .slice(0, EXPLAINED);
}

/** The lines of the page about the highest ratios. */
export function explanations(scripts: Costs["scripts"]): string[] {
  return highest(scripts).map(
    ({ script, ratio }) => `- **${script}, ${ratio.toFixed(2)}:** ${REASONS[script] ?? "not explained yet"}`,
  );
}

/** Which of the highest ratios have no reason. */
export function unexplained(scripts: Costs["scripts"]): string[] {
  return highest(scripts).flatMap(({ script }) =>
    REASONS[script] === undefined
      ? [`${script}: explain its ratio in tools/bench/scripts/explanations.ts`]
      : [],
  );
}

import type { CallSpec } from "../late/call.js";
import { cache } from "./cache.js";
import { cart } from "./cart.js";
import { coupons } from "./coupon.js";
import { expiry } from "./expiry.js";
import { idempotency } from "./idempotency.js";
import { job } from "./job.js";
import { limit } from "./limit.js";
import { lock } from "./lock.js";
import { price } from "./price.js";
import { quota } from "./quota.js";
import { slot } from "./slot.js";
import { stock } from "./stock.js";
import { version } from "./version.js";
import { views } from "./views.js";
import { writebehind } from "./writebehind.js";

/** Random calls of every script. `contract/late-duplicates.test.ts` says which script has none. */
export const callSpecs: readonly CallSpec[] = [
  ...stock,
  ...price,
  ...lock,
  ...idempotency,
  ...expiry,
  ...views,
  ...job,
  ...quota,
  ...slot,
  ...cart,
  ...coupons,
  ...limit,
  ...cache,
  ...writebehind,
  ...version,
];

/** Scripts of other domains that write what a domain's scripts work on. */
const writers: Readonly<Record<string, readonly string[]>> = { slot: ["stock.set_level", "stock.reserve"] };

/** The random calls of a domain's histories. */
export function specsOf(domain: string): readonly CallSpec[] {
  const others = writers[domain] ?? [];
  return callSpecs.filter(({ script }) => script.startsWith(`${domain}.`) || others.includes(script));
}

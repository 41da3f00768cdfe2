import type { Sample } from "../sample.js";
import { cache } from "./cache.js";
import { cart } from "./cart.js";
import { coupon } from "./coupon.js";
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

/** One call of every script. A new script gets one here; `contract/coverage.test.ts` says which has none. */
export const samples: readonly Sample[] = [
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
  ...coupon,
  ...limit,
  ...cache,
  ...writebehind,
  ...version,
];

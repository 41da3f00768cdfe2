import type { Case } from "../case.js";
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

/** The measured paths of all scripts. Each script has at least one usual path and its limit. */
export const cases: readonly Case[] = [
  ...stock,
  ...price,
  ...lock,
  ...idempotency,
  ...expiry,
  ...views,
  ...job,
  ...quota,
  ...slot,
  ...cache,
  ...cart,
  ...coupon,
  ...limit,
  ...writebehind,
  ...version,
];

import { randomUUID } from "node:crypto";
import { scripts } from "../../../src/index.js";
import { NAMESPACE, TENANT } from "./moonpath.js";

/**
 * A call of a script as a user without Moonpath writes it: the key as a template, the arguments as
 * texts, and the reply as an object, without any check.
 */
export interface HandCall {
  readonly digest: string;
  readonly lua: string;
  /** The keys of a product, or of an event. */
  keys(name: string): readonly string[];
  args(): readonly (string | number)[];
  reply(raw: unknown): Fields;
}

/** The reply of a script as an object. */
export interface Fields {
  readonly outcome: unknown;
  readonly [field: string]: unknown;
}

const tag = (name: string) => `${NAMESPACE}:{${TENANT}:${name}}`;
/** Below so many units a product counts as low. */
export const LOW = 5;
export const WAREHOUSE = "berlin";
export const CURRENCY = "GBP";
export const REMEMBER_MS = 60_000;

export const stockRead: HandCall = {
  digest: scripts.stock.read.digest,
  lua: scripts.stock.read.lua,
  keys: (product) => [`${tag(product)}:stock`],
  args: () => [LOW],
  reply: (raw) => {
    if (!Array.isArray(raw)) return { outcome: raw };
    const [outcome, total, status, available] = raw;
    return { outcome, total, status, available };
  },
};

export const priceRead: HandCall = {
  digest: scripts.price.read.digest,
  lua: scripts.price.read.lua,
  keys: (product) => [`${tag(product)}:price:${CURRENCY}`],
  args: () => [],
  reply: (raw) => {
    if (!Array.isArray(raw)) return { outcome: raw };
    const [outcome, baseMinor, effectiveMinor, onSale, sale, changesAtMs] = raw;
    return { outcome, baseMinor, effectiveMinor, onSale: onSale === 1, sale, changesAtMs };
  },
};

export const stockAdjust: HandCall = {
  digest: scripts.stock.adjust.digest,
  lua: scripts.stock.adjust.lua,
  keys: (product) => [`${tag(product)}:stock`, `${tag(product)}:stock-operation:${randomUUID()}`],
  args: () => [-1, WAREHOUSE, 1, LOW, REMEMBER_MS],
  reply: (raw) => {
    if (!Array.isArray(raw)) return { outcome: raw };
    const [outcome, repeated, total, statusBefore, status, available] = raw;
    return { outcome, repeated: repeated === 1, total, statusBefore, status, available };
  },
};

export const mark: HandCall = {
  digest: scripts.idempotency.mark.digest,
  lua: scripts.idempotency.mark.lua,
  keys: (event) => [`${tag(event)}:mark`],
  args: () => [randomUUID(), REMEMBER_MS],
  reply: (raw) => ({ outcome: Array.isArray(raw) ? raw[0] : raw }),
};

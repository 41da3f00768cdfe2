import type { Cluster, Redis } from "ioredis";
import type { createMoonpath } from "moonpath";
import type { Pool } from "pg";
import type { ShopPages } from "./http/pages.js";

export type Moonpath = ReturnType<typeof createMoonpath>;

/** The Moonpath functions of one tenant. */
export type Tenant = ReturnType<Moonpath["tenant"]>;

/** A CDN, such as a purger of `moonpath/cdn`. */
export interface ShopCdn {
  /** Paths of this shop. A page that was not purged stays in the CDN until its time ends. */
  purgeUrls(paths: readonly string[]): Promise<unknown>;
}

/** The resources of the shop. */
export interface ShopResources {
  readonly moonpath: Moonpath;
  readonly acme: Tenant;
  readonly pool: Pool;
  readonly schema: string;
  /** For the daily clean-up, which reads the keys of the tenant. Absent: it leaves them. */
  readonly redis?: Redis | Cluster;
  /** Whether the shop has caches. Default true. */
  readonly hasCaches?: boolean;
  /** The cache of pages, if the shop has one. */
  readonly pages?: ShopPages | undefined;
  /** The CDN before the shop, if there is one. */
  readonly cdn?: ShopCdn | undefined;
  /** The secrets of the supplier's webhooks. Without them, the shop receives none. */
  readonly webhookSecrets?: readonly string[] | undefined;
  /** The time that Redis may take for one reading of a cache. Default: that of Moonpath. */
  readonly cacheTimeoutMs?: number | undefined;
  /** Resolves when Redis answers. */
  ping(): Promise<unknown>;
  /**
   * Receives transient errors, and a line of JSON for each failed request, with the `id` of the
   * reply.
   */
  warn?(message: string): void;
}

/**
 * The name of an event among the events of all products. Products and events cannot have the dot.
 * It takes two bytes, so two names of 63 bytes fit into an operation of 128 bytes.
 */
export function nameOf(product: string, event: string): string {
  return `${product}·${event}`;
}

/** At or below this total a product counts as low. */
export const LOW_UNITS = 10;

/** How long Redis remembers an event's id. It is longer than the delay of any event. */
export const REMEMBER_MS = 60 * 60 * 1_000;

/** The status that a shop shows, by the same rule as the scripts. */
export function statusOf(available: number): "out_of_stock" | "low_stock" | "in_stock" {
  if (available <= 0) return "out_of_stock";
  return available <= LOW_UNITS ? "low_stock" : "in_stock";
}

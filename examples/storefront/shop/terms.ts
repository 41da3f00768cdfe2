import type { createMoonpath } from "moonpath";
import type { Pool } from "pg";

/** The Moonpath functions of one tenant. */
export type Tenant = ReturnType<ReturnType<typeof createMoonpath>["tenant"]>;

/** What the shop is made over. */
export interface Supplies {
  readonly acme: Tenant;
  readonly pool: Pool;
  readonly schema: string;
  /** Resolves when Redis answers. */
  ping(): Promise<unknown>;
  /**
   * Hears of trouble that passes, and of each request that failed: a line of JSON with the `id` of
   * the answer.
   */
  warn?(message: string): void;
}

/**
 * An event's name where events of all products lie side by side. No product and no event holds the
 * dot, which takes two bytes, so that two names of 63 bytes fit into the 128 of an operation.
 */
export function nameOf(product: string, event: string): string {
  return `${product}·${event}`;
}

/** At or below this total a product counts as low. */
export const LOW_UNITS = 10;

/** How long Redis remembers an event's id: longer than any event is late. */
export const REMEMBER_MS = 60 * 60 * 1_000;

/** What a shop shows of a product, as the scripts say it. */
export function statusOf(available: number): "out_of_stock" | "low_stock" | "in_stock" {
  if (available <= 0) return "out_of_stock";
  return available <= LOW_UNITS ? "low_stock" : "in_stock";
}

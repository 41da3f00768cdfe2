import type { Redis } from "ioredis";
import type { Pool } from "pg";
import type { Moonpath, Tenant } from "../../src/index.js";

/** One row of the table. */
export interface Measure {
  readonly what: string;
  /** For example `2.1 ms` or `612,000 a second`. */
  readonly figure: string;
  /** The required figure, such as `under 1 s`, if there is one. */
  readonly promise?: string;
  /** Whether the figure is as promised. */
  readonly ok: boolean;
}

/** The resources of a benchmark: its own servers, and a tenant that nothing else uses. */
export interface Ground {
  readonly redis: Redis;
  readonly moonpath: Moonpath;
  readonly acme: Tenant;
  readonly pool: Pool;
  progress(text: string): void;
}

/** What a run of a benchmark gives. */
export interface Result {
  /** The lines of its section of the page. */
  readonly section: readonly string[];
  /** What it prints. */
  readonly lines: readonly string[];
  /** What is not as promised. */
  readonly failures: readonly string[];
}

/** Measures one part, as ratios or rates of one run. */
export type Benchmark = (ground: Ground) => Promise<readonly Measure[]>;

/** The median of some durations. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - (1 - (sorted.length % 2))], sorted[middle]];
  if (low === undefined || high === undefined) throw new RangeError("no values, no median");
  return (low + high) / 2;
}

/** The milliseconds that some work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** For example `1.23 ms`. */
export function ms(value: number): string {
  return `${value.toLocaleString("en-GB", { maximumSignificantDigits: 3 })} ms`;
}

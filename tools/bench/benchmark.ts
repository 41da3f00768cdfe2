import type { Redis } from "ioredis";
import type { Pool } from "pg";
import type { Moonpath, Tenant } from "../../src/index.js";
import type { RedisServer } from "../../src/testing/index.js";
import type { Case } from "./case.js";
import type { Side } from "./processes/rounds.js";
import type { Plot } from "./report/plot.js";

/** The resources of a benchmark: its own servers, and a tenant that nothing else uses. */
export interface Ground {
  readonly server: RedisServer;
  readonly redis: Redis;
  readonly moonpath: Moonpath;
  readonly acme: Tenant;
  /** Whether to use small sizes. */
  readonly isQuick: boolean;
  /** Starts PostgreSQL at its first call. */
  pool(): Promise<Pool>;
  /** Starts contestants, each in a process of its own, on the server or on that of the URL. */
  start(names: readonly string[], url?: string): Promise<readonly Side[]>;
  /** Runs at the end, in reverse order, also after an error. */
  defer(cleanUp: () => unknown): void;
  progress(text: string): void;
}

/** A table of more figures than the cases have. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a run of a benchmark gives. */
export interface Measured {
  readonly cases: readonly Case[];
  readonly tables?: readonly Table[];
  readonly plots?: readonly Plot[];
}

/** Measures one part in one run. */
export interface Benchmark {
  /** The heading of its section of the page. */
  readonly heading: string;
  /** How it measures, in a few sentences for the page. */
  readonly method: string;
  /** Whether `--quick` without `--only` leaves it out. */
  readonly isLong?: boolean;
  measure(ground: Ground): Promise<Measured>;
}

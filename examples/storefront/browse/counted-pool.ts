import { setTimeout as sleep } from "node:timers/promises";
import type { Pool, PoolClient } from "pg";

/** The statements that a pool has sent. */
export interface QueryCounts {
  /** Each call of `query`, of the pool and of its connections. */
  all: number;
  /** Those of them that name the table of offers. */
  offers: number;
}

/**
 * A pool that counts its statements. It is the same pool in everything else. With `delayMs`, each
 * statement is sent so much later, as if the database were slow or far away.
 */
export function countedPool(pool: Pool, delayMs = 0): { readonly pool: Pool; readonly counts: QueryCounts } {
  const counts: QueryCounts = { all: 0, offers: 0 };
  return { pool: counting(pool, counts, delayMs), counts };
}

function counting<Target extends Pool | PoolClient>(
  target: Target,
  counts: QueryCounts,
  delayMs: number,
): Target {
  return new Proxy(target, {
    get(_, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const call = (): unknown => Reflect.apply(value, target, args);
        if (property === "query") {
          count(textOf(args[0]), counts);
          return delayMs === 0 ? call() : sleep(delayMs).then(call);
        }
        const result = call();
        if (property !== "connect" || !(result instanceof Promise)) return result;
        return result.then((client: PoolClient) => counting(client, counts, delayMs));
      };
    },
  });
}

function count(text: string, counts: QueryCounts): void {
  counts.all += 1;
  if (/\.offers\b/.test(text)) counts.offers += 1;
}

/** The text of a statement, which may be in an object. */
function textOf(statement: unknown): string {
  if (typeof statement === "string") return statement;
  const text: unknown =
    typeof statement === "object" && statement !== null ? Reflect.get(statement, "text") : undefined;
  return typeof text === "string" ? text : "";
}

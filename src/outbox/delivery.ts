import { MoonpathError } from "../core/errors.js";
import { asError } from "../core/notify.js";
import type { OutboxRow } from "./rows.js";
import type { OutboxTarget } from "./targets.js";

/** Invalidates one target, and rejects unless Redis has confirmed it. */
export type Deliver = (target: OutboxTarget) => Promise<void>;

/** Rows that failed, and why. */
export interface Failure {
  readonly rows: readonly OutboxRow[];
  readonly error: Error;
  /** Whether the rows are at fault. Otherwise Redis is, and every row may succeed later. */
  readonly isOwn: boolean;
}

export interface DeliveryResult {
  readonly delivered: readonly OutboxRow[];
  readonly failures: readonly Failure[];
}

/**
 * Delivers rows, each target once: all these rows are committed, so one invalidation after that is
 * enough for them. The calls begin in the order of the rows.
 */
export async function deliverAll(rows: readonly OutboxRow[], deliver: Deliver): Promise<DeliveryResult> {
  const delivered: OutboxRow[] = [];
  const failures: Failure[] = [];
  await Promise.all(
    byTarget(rows).map(async (group) => {
      try {
        await deliver(combined(group));
        delivered.push(...group);
      } catch (error) {
        failures.push({ rows: group, error: asError(error), isOwn: isOwnFault(error) });
      }
    }),
  );
  return { delivered, failures };
}

function byTarget(rows: readonly OutboxRow[]): (readonly [OutboxRow, ...OutboxRow[]])[] {
  const groups = new Map<string, [OutboxRow, ...OutboxRow[]]>();
  for (const row of rows) {
    const key = `${row.tenant}\0${row.kind}\0${row.name}`;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}

/** A hard invalidation includes a soft one, and a longer `settleMs` a shorter one. */
function combined(rows: readonly [OutboxRow, ...OutboxRow[]]): OutboxTarget {
  const [{ tenant, kind, name }] = rows;
  const settles = rows.flatMap(({ settleMs }) => (settleMs === undefined ? [] : [settleMs]));
  return {
    tenant,
    kind,
    name,
    isSoft: rows.every(({ isSoft }) => isSoft),
    settleMs: settles.length > 0 ? Math.max(...settles) : undefined,
  };
}

/** Whether the target itself is wrong: its name, or what its keys hold. */
function isOwnFault(error: unknown): boolean {
  if (!(error instanceof MoonpathError)) return true;
  switch (error.code) {
    case "ARGUMENT":
    case "WRONG_TYPE":
    case "CORRUPT":
    case "REPLY":
    case "SCRIPT":
      return true;
    default:
      return false;
  }
}

import type { OutboxTarget } from "./targets.js";

/** A row that is not delivered. */
export interface OutboxRow extends OutboxTarget {
  readonly id: bigint;
  /** The number of failures that were the row's own. */
  readonly attempts: number;
}

/** A row as a record. Drivers and parsers of types may give numbers as text. */
export function recordOf(row: unknown): Readonly<Record<string, unknown>> {
  return typeof row === "object" && row !== null ? Object.fromEntries(Object.entries(row)) : {};
}

export function bigintOf(row: unknown, column: string): bigint {
  return BigInt(textOf(recordOf(row), column));
}

export function numberOf(row: unknown, column: string): number {
  return Number(textOf(recordOf(row), column));
}

export function rowOf(row: unknown): OutboxRow {
  const record = recordOf(row);
  return {
    id: bigintOf(row, "id"),
    tenant: textOf(record, "tenant"),
    kind: record["kind"] === "tag" ? "tag" : "entry",
    name: textOf(record, "name"),
    isSoft: record["isSoft"] === true,
    settleMs: record["settleMs"] === null ? undefined : numberOf(row, "settleMs"),
    attempts: numberOf(row, "attempts"),
  };
}

export function textOf(record: Readonly<Record<string, unknown>>, column: string): string {
  const value = record[column];
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") return String(value);
  throw new Error(`the column ${column} of moonpath_invalidations has no value that can be read`);
}

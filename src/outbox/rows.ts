import type { OutboxTarget } from "./targets.js";

/** A row that is not delivered. */
export interface OutboxRow extends OutboxTarget {
  readonly id: bigint;
  /** The number of failures that were the row's own. */
  readonly attempts: number;
}

/** A row as a record of its columns. */
export type Columns = Readonly<Record<string, unknown>>;

export function columnsOf(row: unknown): Columns {
  return typeof row === "object" && row !== null ? Object.fromEntries(Object.entries(row)) : {};
}

export function rowOf(columns: Columns): OutboxRow {
  return {
    id: bigintOf(columns, "id"),
    tenant: textOf(columns, "tenant"),
    kind: columns["kind"] === "tag" ? "tag" : "entry",
    name: textOf(columns, "name"),
    isSoft: columns["isSoft"] === true,
    settleMs: columns["settleMs"] === null ? undefined : numberOf(columns, "settleMs"),
    attempts: numberOf(columns, "attempts"),
  };
}

export function bigintOf(columns: Columns, column: string): bigint {
  return BigInt(textOf(columns, column));
}

export function numberOf(columns: Columns, column: string): number {
  return Number(textOf(columns, column));
}

/** pg gives a bigint as text. A program may have set another parser for it. */
export function textOf(columns: Columns, column: string): string {
  const value = columns[column];
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint")
    return String(value);
  throw new Error(`the column ${column} of moonpath_invalidations has no value that can be read`);
}

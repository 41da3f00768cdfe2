import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { StepResult } from "./run-step.js";

/** A release run: the commit, the machine, and the results of the finished steps. */
export interface ReleaseRecord {
  /** The commit, followed by `with changes` if files outside of docs/ differ from it. */
  readonly commit: string;
  readonly date: string;
  readonly machine: string;
  readonly sizes: string;
  readonly results: readonly StepResult[];
}

/**
 * Reads the record of a file; undefined if there is none, or if it has another commit or other
 * sizes.
 */
export function readRecord(
  file: string,
  { commit, sizes }: Pick<ReleaseRecord, "commit" | "sizes">,
): ReleaseRecord | undefined {
  const record = parsed(file);
  return record?.commit === commit && record.sizes === sizes ? record : undefined;
}

function parsed(file: string): ReleaseRecord | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    // There is no file yet, or a killed run has written only a part of it.
    return undefined;
  }
}

function isRecord(value: unknown): value is ReleaseRecord {
  if (typeof value !== "object" || value === null) return false;
  const has = (key: string) => key in value && typeof Reflect.get(value, key) === "string";
  return (
    ["commit", "date", "machine", "sizes"].every(has) && "results" in value && Array.isArray(value.results)
  );
}

export function writeRecord(file: string, record: ReleaseRecord): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
}

/** The record with this result, which replaces an earlier one of the same step. */
export function withResult(record: ReleaseRecord, result: StepResult): ReleaseRecord {
  const others = record.results.filter(({ name }) => name !== result.name);
  return { ...record, results: [...others, result] };
}

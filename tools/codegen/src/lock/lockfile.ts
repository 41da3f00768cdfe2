import type { LockedContract } from "./contract.js";

/** What is kept of one version. */
export interface LockedVersion {
  readonly fingerprint: string;
  readonly contract: LockedContract;
  /** No service calls it any more; it stays here, so that nobody takes the number for something else. */
  readonly retired?: true;
}

/** Script -> version -> what was locked. A script's name is without the `_v1` of a kept older major. */
export type Lock = ReadonlyMap<string, ReadonlyMap<string, LockedVersion>>;

export const LOCK_FILE = "versions.lock.json";

/** The lock file's text: sorted, so that it is the same for the same versions. */
export function writeLock(lock: Lock): string {
  const scripts = [...lock].sort(([one], [other]) => (one < other ? -1 : 1));
  const plain = Object.fromEntries(
    scripts.map(([script, versions]) => [
      script,
      Object.fromEntries([...versions].sort(([one], [other]) => compareVersions(one, other))),
    ]),
  );
  return `${JSON.stringify(plain, null, 2)}\n`;
}

/** Reads a lock file; undefined when it is no such file. */
export function readLock(text: string): Lock | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(parsed)) return undefined;
  const lock = new Map<string, Map<string, LockedVersion>>();
  for (const [script, versions] of Object.entries(parsed)) {
    if (!isRecord(versions)) return undefined;
    const known = new Map<string, LockedVersion>();
    for (const [version, entry] of Object.entries(versions)) {
      if (!isVersion(entry)) return undefined;
      known.set(version, entry);
    }
    lock.set(script, known);
  }
  return lock;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isVersion(value: unknown): value is LockedVersion {
  if (!isRecord(value) || typeof value["fingerprint"] !== "string" || !isRecord(value["contract"]))
    return false;
  const { keys, args, replies, resend, oom, many } = value["contract"];
  if (typeof resend !== "string") return false;
  if (many !== undefined && !Number.isSafeInteger(many)) return false;
  if (oom !== "runs" && oom !== "as its commands") return false;
  if ("retired" in value && value["retired"] !== true) return false;
  return [keys, args, replies].every(
    (list) => Array.isArray(list) && list.every((entry) => typeof entry === "string"),
  );
}

/** The first of a version's three numbers. */
export function majorOf(version: string): string {
  return version.split(".")[0] ?? "";
}

/** Semantic order; both are three numbers. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => version.split(".").map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

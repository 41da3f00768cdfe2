import type { Model } from "../model/model.js";
import { lockName } from "./check.js";
import { contractOf } from "./contract.js";
import { type Lock, type LockedVersion, majorOf } from "./lockfile.js";

/**
 * Adds the versions that are not locked yet. Locked versions do not change, except those that
 * `amend` names.
 */
export function recordVersions(
  model: Model,
  fingerprints: ReadonlyMap<string, string>,
  lock: Lock,
  amend: readonly string[],
): { lock: Lock; added: string[] } {
  const next = new Map<string, Map<string, LockedVersion>>(
    [...lock].map(([name, versions]) => [name, new Map(versions)]),
  );
  const added: string[] = [];
  for (const script of model.scripts) {
    const name = lockName(script);
    const versions = next.get(name) ?? new Map<string, LockedVersion>();
    const id = `${name}@${script.version}`;
    if (!versions.has(script.version) || amend.includes(id)) {
      versions.set(script.version, {
        fingerprint: fingerprints.get(script.name) ?? "",
        contract: contractOf(model, script),
      });
      added.push(id);
    }
    next.set(name, versions);
  }
  return { lock: next, added };
}

/** Marks all versions of one major as retired: `stock.set_level@1`. Undefined when none is locked. */
export function retireMajor(lock: Lock, id: string): Lock | undefined {
  const [name = "", major] = id.split("@");
  const versions = lock.get(name);
  if (versions === undefined || ![...versions.keys()].some((version) => majorOf(version) === major))
    return undefined;
  const marked = [...versions].map(([version, locked]): [string, LockedVersion] => [
    version,
    majorOf(version) === major ? { ...locked, retired: true } : locked,
  ]);
  return new Map([...lock, [name, new Map(marked)]]);
}

/**
 * The lock without these versions, each as `stock.set_level@1.0.0`. A version that is recorded again
 * is compared with the versions that remain.
 */
export function withoutVersions(lock: Lock, ids: readonly string[]): Lock {
  return new Map(
    [...lock].map(([name, versions]) => [
      name,
      new Map(
        [...versions].filter(([version, { retired }]) => retired || !ids.includes(`${name}@${version}`)),
      ),
    ]),
  );
}

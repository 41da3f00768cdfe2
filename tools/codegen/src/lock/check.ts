import type { Model, ScriptModel } from "../model/model.js";
import type { Problems } from "../parse/problem.js";
import type { FolderRule } from "../parse/rules.js";
import { compare, contractOf } from "./contract.js";
import { compareVersions, LOCK_FILE, type Lock, type LockedVersion, majorOf } from "./lockfile.js";

/** A script's name without the `_v1` of a kept older major. */
export function lockName(script: Pick<ScriptModel, "name">): string {
  return script.name.replace(/_v\d+$/, "");
}

/** Holds each script against what is locked of its version. `fingerprints` are by the script's name. */
export function checkVersions(
  model: Model,
  fingerprints: ReadonlyMap<string, string>,
  lock: Lock,
  problems: Problems,
): void {
  for (const script of model.scripts) {
    const length = "local function ".length + script.operation.replace(/_v\d+$/, "").length;
    const complain = (rule: FolderRule, message: string, fix: string) =>
      problems.at(script.position, length, rule, message, fix);
    const versions = lock.get(lockName(script)) ?? new Map<string, LockedVersion>();
    const contract = contractOf(model, script);
    const fingerprint = fingerprints.get(script.name) ?? "";
    const locked = versions.get(script.version);
    const retired = [...versions].some(
      ([version, { retired }]) => retired === true && sameMajor(version, script.version),
    );
    const latest = latestOf(versions, script.version);
    if (retired) {
      complain(
        "version/retired",
        `${script.name} has version ${script.version}, but ${majorOf(script.version)}.x is retired`,
        `give it a version of a new major: ${nextNumber(versions)}.0.0`,
      );
    } else if (latest !== undefined && compareVersions(script.version, latest[0]) < 0) {
      complain(
        "version/backwards",
        `${script.name} went from ${latest[0]} back to ${script.version}`,
        `give it a version above ${latest[0]}`,
      );
    } else if (locked === undefined) {
      const change = latest === undefined ? "same" : compare(latest[1].contract, contract);
      if (latest !== undefined && change === "breaking") {
        complain(
          "version/contract",
          `the contract of ${script.name} differs from that of ${latest[0]} in a way that breaks callers`,
          nextMajor(script),
        );
      } else if (latest !== undefined && change === "compatible" && sameMinor(latest[0], script.version)) {
        complain(
          "version/contract",
          `the contract of ${script.name} offers more than that of ${latest[0]}`,
          `give it version ${nextMinor(latest[0])}`,
        );
      } else {
        complain(
          "version/unlocked",
          `version ${script.version} of ${script.name} is not in ${LOCK_FILE}`,
          "when the script is ready, run: moonpath-codegen lock",
        );
      }
    } else if (compare(locked.contract, contract) === "breaking") {
      complain(
        "version/contract",
        `the contract of ${script.name} differs from the one that ${LOCK_FILE} records for ${script.version}, in a way that breaks callers`,
        nextMajor(script),
      );
    } else if (locked.fingerprint !== fingerprint || compare(locked.contract, contract) !== "same") {
      complain(
        "version/unbumped",
        `the behaviour of ${script.name} differs from the one that ${LOCK_FILE} records for ${script.version}`,
        "give it a new version (@version), or undo the change",
      );
    }
  }
  checkDropped(model, lock, problems);
}

/** The highest locked version of the same major. */
function latestOf(
  versions: ReadonlyMap<string, LockedVersion>,
  version: string,
): [string, LockedVersion] | undefined {
  return [...versions]
    .filter(([other]) => sameMajor(other, version))
    .sort(([one], [other]) => compareVersions(one, other))
    .at(-1);
}

function sameMajor(one: string, other: string): boolean {
  return majorOf(one) === majorOf(other);
}

function sameMinor(one: string, other: string): boolean {
  return compareVersions(nextMinor(one), nextMinor(other)) === 0;
}

function nextMinor(version: string): string {
  const [major, minor] = version.split(".").map(Number);
  return `${major}.${(minor ?? 0) + 1}.0`;
}

function nextNumber(versions: ReadonlyMap<string, LockedVersion>): number {
  return Math.max(...[...versions.keys()].map((version) => Number(majorOf(version)))) + 1;
}

function nextMajor({ domain, operation, version }: ScriptModel): string {
  if (/_v\d+$/.test(operation)) return "undo the change, because services still call this version";
  const major = Number(version.split(".")[0]);
  return `give it version ${major + 1}.0.0, and keep the old file as ${domain}/${operation}_v${major}.lua until all services use the new one`;
}

/** A major that was locked stays callable until it is retired by name. */
function checkDropped(model: Model, lock: Lock, problems: Problems): void {
  for (const [name, versions] of lock) {
    const needed = [...versions].filter(([, { retired }]) => retired !== true);
    const majors = new Set(needed.map(([version]) => majorOf(version)));
    for (const major of majors) {
      const kept = model.scripts.some(
        (script) => lockName(script) === name && majorOf(script.version) === major,
      );
      if (kept) continue;
      const file = `${name.replace(".", "/")}_v${major}.lua`;
      problems.at(
        { file: LOCK_FILE, line: 1, column: 1 },
        1,
        "version/dropped",
        `${name} ${major}.x is locked, but no script has such a version`,
        `keep it as ${file}; or, if no service calls it, run: moonpath-codegen lock --retire ${name}@${major}`,
      );
    }
  }
}

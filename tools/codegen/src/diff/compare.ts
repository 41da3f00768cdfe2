import { contractOf } from "../lock/contract.js";
import type { Model, ScriptModel, WaiverModel } from "../model/model.js";
import { counted } from "../naming.js";

/** A side of the comparison. `fingerprints` are by the script's name. */
export interface Side {
  readonly model: Model;
  readonly fingerprints: ReadonlyMap<string, string>;
}

/**
 * The changes between two states of a `lua/` folder, as text for a reviewer: one headline for each
 * script, and details below it.
 */
export function describeChanges(older: Side, newer: Side): string[] {
  const names = [
    ...new Set([...older.model.scripts, ...newer.model.scripts].map((script) => script.name)),
  ].sort();
  return [
    ...names.flatMap((name) => describeScript(name, older, newer)),
    ...describeKeyspace(older.model, newer.model),
  ];
}

function describeScript(name: string, older: Side, newer: Side): string[] {
  const before = older.model.scripts.find((script) => script.name === name);
  const after = newer.model.scripts.find((script) => script.name === name);
  if (before === undefined && after !== undefined) {
    return [
      `${name} ${after.version}: new. ${after.purpose}`,
      ...after.keys.map((key) => `  keys: ${key.access}s key.${key.key}`),
      `  commands: ${commandNames(after).join(", ")}`,
      ...(after.role === undefined ? [] : [`  called by: ${callers(after)}`]),
      ...changedWaivers([], after.waivers).map((line) => `  ${line}`),
    ];
  }
  if (after === undefined) return before === undefined ? [] : [`${name} ${before.version}: removed`];
  if (before === undefined) return [];
  const details = [
    ...changedLists("contract", contractLines(older.model, before), contractLines(newer.model, after)),
    ...changedLists("commands", commandNames(before), commandNames(after)),
    ...changedLists("limits", limitLines(before), limitLines(after)),
    ...changedLists("flags", before.flags, after.flags),
    ...changedWaivers(before.waivers, after.waivers),
    ...changedValue("called by", callers(before), callers(after)),
    ...changedValue("cost", before.cost, after.cost),
    ...changedValue("sent twice", before.resend.mode, after.resend.mode),
    ...changedValue("built of", before.modules.join(", "), after.modules.join(", ")),
    ...behaviour(name, older, newer),
  ];
  if (details.length === 0 && before.version === after.version) return [];
  const version = before.version === after.version ? after.version : `${before.version} -> ${after.version}`;
  return [
    `${name} ${version}: ${details.length === 0 ? "a new version, nothing else" : "changed"}`,
    ...details.map((detail) => `  ${detail}`),
  ];
}

function behaviour(name: string, older: Side, newer: Side): string[] {
  const before = older.fingerprints.get(name);
  const after = newer.fingerprints.get(name);
  return before === after ? [] : ["behaviour: the code of the script or of one of its modules changed"];
}

function contractLines(model: Model, script: ScriptModel): string[] {
  const contract = contractOf(model, script);
  return [
    ...contract.keys.map((key) => `key ${key}`),
    ...contract.args.map((arg) => `argument ${arg}`),
    ...contract.replies.map((reply) => `reply ${reply}`),
    ...(contract.many === undefined ? [] : [`many form for up to ${contract.many} calls`]),
  ];
}

function commandNames(script: ScriptModel): string[] {
  return [...new Set(script.commands.map((use) => use.name))].sort();
}

function callers(script: ScriptModel): string {
  return script.role === "worker" ? "workers only" : "services and workers";
}

/** Waivers by their rule, file and reason; of one of the same rule and file, whether its reason changed. */
function changedWaivers(before: readonly WaiverModel[], after: readonly WaiverModel[]): string[] {
  const added = [...after];
  const take = (matches: (other: WaiverModel) => boolean): WaiverModel | undefined => {
    const at = added.findIndex(matches);
    return at < 0 ? undefined : added.splice(at, 1)[0];
  };
  const removed = before.filter(
    (old) => take((now) => sameRule(old, now) && old.reason === now.reason) === undefined,
  );
  const lines = removed.map((old) => {
    const now = take((other) => sameRule(old, other));
    if (now === undefined) return `waivers: - ${waiverLine(old)}`;
    return `waivers: ${old.rule} in ${old.position.file}, the reason: ${old.reason} -> ${now.reason}`;
  });
  return [...lines, ...added.map((waiver) => `waivers: + ${waiverLine(waiver)}`)];
}

function sameRule(one: WaiverModel, other: WaiverModel): boolean {
  return one.rule === other.rule && one.position.file === other.position.file;
}

function waiverLine({ rule, reason, position }: WaiverModel): string {
  return `${rule} in ${position.file}: ${reason}`;
}

function limitLines(script: ScriptModel): string[] {
  return script.limits.map(
    (limit) => `at most ${limit.max} ${limit.what}, ${limit.proved ? "proved" : "trusted"}`,
  );
}

function changedLists(what: string, before: readonly string[], after: readonly string[]): string[] {
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `${what}: - ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `${what}: + ${line}`),
  ];
}

function changedValue(what: string, before: string, after: string): string[] {
  return before === after
    ? []
    : [`${what}: ${before === "" ? "nothing" : before} -> ${after === "" ? "nothing" : after}`];
}

function describeKeyspace(older: Model, newer: Model): string[] {
  const lines = (model: Model) =>
    model.keys.map((key) => `key.${key.name} ${key.pattern}, a ${key.holds}; lives: ${key.ttl}`);
  const changes = changedLists("key", lines(older), lines(newer)).map((line) => `  ${line.slice(5)}`);
  return changes.length === 0 ? [] : [`keyspace: ${counted(changes.length, "line")} changed`, ...changes];
}

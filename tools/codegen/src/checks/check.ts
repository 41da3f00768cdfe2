import { analyse } from "../analysis/analyse.js";
import type { Facts, ParamKind } from "../analysis/facts.js";
import { REDIS_7_0 } from "../commands/redis-7.0.js";
import type { ArgParam, TypeModel, WaiverModel } from "../model/model.js";
import { maxElements } from "../model/resolve.js";
import { byPosition, type Problem } from "../parse/problem.js";
import type { Source } from "../parse/source/source.js";
import { checkArgs } from "./args.js";
import { checkBounds } from "./bounds.js";
import { checkCommands } from "./commands.js";
import { checkFlags } from "./flags.js";
import { checkGlobals } from "./globals.js";
import { type Check, type CheckInput, choicesOf, typeNamed, violation } from "./input.js";
import { checkKeys } from "./keys.js";
import { checkNumbers } from "./number.js";
import { checkOrder } from "./order.js";
import { checkReplies } from "./reply.js";
import { applyWaivers, checkWaivers } from "./waivers.js";

const CHECKS: readonly Check[] = [
  checkKeys,
  checkArgs,
  checkReplies,
  checkNumbers,
  checkBounds,
  checkCommands,
  checkFlags,
  checkOrder,
  checkGlobals,
];

/** What a script does, and what is wrong with it. */
export interface CheckResult {
  readonly facts: Facts;
  /** By file, line and column; each once, and without what a waiver silences. */
  readonly problems: readonly Problem[];
  /** The waivers that silence a problem of this script, in its own file and in its modules. */
  readonly waivers: readonly WaiverModel[];
  /** What waivers in its modules silenced, for `checkModuleWaivers`. */
  readonly unwaived: readonly Problem[];
}

/**
 * Analyses a script and holds it to every rule of `RULES`. Pure; all problems are told at once.
 *
 * @example const { facts, problems } = checkScript({ source, contract, keyspace, types, modules });
 */
export function checkScript(input: CheckInput): CheckResult {
  const { source, contract, keyspace, types, modules } = input;
  const commands = input.commands ?? REDIS_7_0;
  const facts = analyse({ source, params: paramKinds(input), modules, types, commands });
  const checked = { facts, contract, keyspace, types, source };
  const found = facts.complete ? CHECKS.flatMap((check) => check(checked)) : limitReached(facts);
  const { kept, waivers } = applyWaivers(found, [source, ...modules.values()]);
  const problems = distinct([...kept, ...checkWaivers(source, found)]);
  return { facts, problems, waivers, unwaived: found };
}

/**
 * Waivers in modules that are wrong, or that none of the scripts needs; asked once for a whole
 * folder.
 */
export function checkModuleWaivers(
  modules: Iterable<Source>,
  results: readonly CheckResult[],
): readonly Problem[] {
  const all = results.flatMap((result) => result.unwaived);
  return distinct([...modules].flatMap((module) => checkWaivers(module, all)));
}

function limitReached({ range, limitReached }: Facts): readonly Problem[] {
  return limitReached === undefined
    ? []
    : [violation("bounds/analysis", range, `the analysis cannot follow the script: ${limitReached}`)];
}

function distinct(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...seen.values()].sort((one, other) => byPosition(one, other) || (one.rule < other.rule ? -1 : 1));
}

function paramKinds({ contract, types }: CheckInput): ReadonlyMap<string, ParamKind> {
  const kinds = new Map<string, ParamKind>();
  for (const key of contract.keys) kinds.set(key.param, { kind: "key", key: key.key });
  for (const arg of contract.args) {
    const kind = argKind(arg, types);
    if (kind !== undefined) kinds.set(arg.name, { ...kind, optional: arg.optional });
  }
  return kinds;
}

function argKind(
  { type }: ArgParam,
  types: readonly TypeModel[],
): Exclude<ParamKind, { kind: "key" }> | undefined {
  const choices = choicesOf(types, type);
  if (choices !== undefined) return { kind: "choice", values: choices };
  if (type.kind === "choice") return undefined;
  const named = typeNamed(types, type.kind === "list" ? type.element : type.name);
  if (named === undefined) return undefined;
  if (type.kind === "list") return { kind: "list", element: named, max: maxElements(type) };
  if (named.kind === "integer") return { kind: "integer", min: named.min, max: named.max };
  if (named.kind === "text" || named.kind === "flag") return { kind: named.kind };
  return undefined;
}

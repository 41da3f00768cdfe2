import { type CorruptText, corruptTexts } from "./analysis/corrupt-texts.js";
import { type CheckResult, checkModuleWaivers, checkScript } from "./checks/check.js";
import { changedLocals } from "./checks/kept-locals.js";
import type { Model, ScriptModel } from "./model/model.js";
import { keyNamed } from "./model/resolve.js";
import { type Files, type ParsedScript, parseFolder } from "./parse/folder.js";
import { byPosition, type Problem } from "./parse/problem.js";
import type { Source } from "./parse/source/source.js";
import { slotSource } from "./parse/vocabulary/pattern.js";

/** A folder as a model, with the parsed scripts behind it by their names. */
export interface Built {
  readonly model: Model;
  readonly parsed: ReadonlyMap<string, ParsedScript>;
  readonly problems: readonly Problem[];
}

/** Reads and checks a `lua/` folder. Only a folder without problems may be emitted. */
export function buildModel(files: Files): Built {
  const folder = parseFolder(files);
  const problems: Problem[] = [...folder.problems];
  const modules = new Map<string, Source>([...folder.modules].map(([name, module]) => [name, module.source]));
  const scripts: ScriptModel[] = [];
  const results: CheckResult[] = [];
  const parsed = new Map<string, ParsedScript>();
  for (const script of folder.scripts) {
    const { contract, main, domain, operation } = script;
    const name = `${domain}.${operation}`;
    const file = main.source.file;
    const tags = checkHashTags(script, folder);
    problems.push(...tags, ...changedLocals(script));
    const result = checkScript({
      source: main.source,
      contract: { name, file, ...contract },
      keyspace: folder.keys,
      types: folder.types,
      modules,
    });
    const { facts } = result;
    if (contract.oom !== undefined && facts.flags.length > 0) problems.push(idleOom(script, facts.flags));
    results.push(result);
    const corrupt = corruptTexts([...script.libModules, script.main]);
    const named = corrupt.flatMap(({ what }) => (what === undefined ? [] : [what]));
    // Functions and their names are only known if the modules fit together.
    const fit = script.sound && !folder.problems.some(({ rule }) => /^(module|keyspace)\//.test(rule));
    if (fit) problems.push(...withoutRepair(script, folder, corrupt));
    problems.push(...result.problems.filter(({ rule }) => script.sound || !OF_CONTRACT.test(rule)));
    scripts.push({
      name,
      domain,
      operation,
      file,
      ...contract,
      commands: facts.commands,
      limits: facts.limits,
      ...(named.length === 0 ? {} : { corrupt: [...new Set(named)].toSorted() }),
      waivers: result.waivers,
      flags: contract.oom === undefined ? facts.flags : ["allow-oom"],
      modules: script.libModules.map(({ source }) => source.file),
      position: main.position,
    });
    parsed.set(name, script);
  }
  if (folder.scripts.every((script) => script.sound))
    problems.push(...checkModuleWaivers(modules.values(), results));
  return { model: { types: folder.types, keys: folder.keys, scripts }, parsed, problems: distinct(problems) };
}

/** Rules that hold a body against its contract: they mislead where the contract could not be read. */
const OF_CONTRACT = /^(keys|args|reply|flags|order|waiver)\//;

/** An `@oom` that changes nothing: the commands run when memory is full anyway. */
function idleOom(script: ParsedScript, flags: readonly string[]): Problem {
  return {
    rule: "contract/oom",
    position: script.main.position,
    length: "local function ".length + script.main.name.length,
    message: `@oom has no effect, because no command of the script needs memory (${flags.join(", ")})`,
    fix: "remove @oom",
  };
}

/** Each text that the error CORRUPT may name has its repair at one of the script's keys. */
function withoutRepair(
  script: ParsedScript,
  folder: Pick<Model, "keys">,
  texts: readonly CorruptText[],
): Problem[] {
  const declared = script.contract.keys.flatMap(({ key }) => keyNamed(folder, key).corrupt ?? []);
  const name = `${script.domain}.${script.operation}`;
  return texts.flatMap(({ what, range }) => {
    if (declared.some((known) => known.what === what)) return [];
    const message =
      what === undefined
        ? "the text of CORRUPT is not a constant, so no repair can be found for it"
        : `${name} can end with CORRUPT ${what}, and none of its keys says how to repair that`;
    const fix =
      what === undefined
        ? "write the text as a string"
        : `add to the key in keyspace.lua: @corrupt ${what}: look <command>; repair <command or sentence>; delete <keys>`;
    return [{ rule: "keyspace/repair" as const, position: range.start, length: range.length, message, fix }];
  });
}

/** Rule 1: all keys of one script are in one slot, because of equal hash tags or the tag of the slot. */
function checkHashTags(script: ParsedScript, folder: Pick<Model, "keys">): Problem[] {
  const known = script.contract.keys.filter((param) => folder.keys.some((key) => key.name === param.key));
  const [first, ...others] = known;
  if (first === undefined) return [];
  const firstKey = keyNamed(folder, first.key);
  return others.flatMap((param) => {
    const key = keyNamed(folder, param.key);
    if (slotSource(key) === slotSource(firstKey)) return [];
    return [
      {
        rule: "keys/slot" as const,
        position: param.position,
        length: param.param.length,
        message: `${param.param} has the hash tag {${key.hashTag}}, but ${first.param} has {${firstKey.hashTag}}, so a cluster may store them on two nodes`,
        fix: "give both patterns the same hash tag in keyspace.lua, or split the script",
      },
    ];
  });
}

/** Each problem once, sorted by position: a module is part of several scripts. */
function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...seen.values()].sort(byPosition);
}

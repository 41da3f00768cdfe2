import * as v from "../analysis/domain/value.js";
import type { CommandVisit } from "../analysis/interpreter/recorder.js";
import { NEWER_COMMANDS } from "../commands/newer.js";
import { refusalOf } from "../commands/refused.js";
import type { Command } from "../commands/table.js";
import type { Problem } from "../parse/problem.js";
import { type Checked, listed, violation } from "./input.js";

const CALL_IT = "call the function directly, or inspect the first value that it returns";

/** Fixes by the function that catches the error. */
const SWALLOWED: Readonly<Record<string, string>> = { pcall: CALL_IT, xpcall: CALL_IT };

/** Of `redis`, what a script may use beside call and pcall. */
const API: ReadonlySet<string> = new Set(["redis.sha1hex", "redis.log", "redis.acl_check_cmd"]);

/** Commands are known, allowed in scripts, and complete. */
export function checkCommands({ facts }: Checked): readonly Problem[] {
  const { commands, dynamic, api, pcallResults } = facts.recorder;
  const problems = [...commands.values()].flatMap(checkVisit);
  for (const { range, name } of dynamic.values()) {
    problems.push(violation("commands/dynamic", range, `the command that \`${name}\` runs is not a literal`));
  }
  for (const { range, name } of api.values()) {
    if (API.has(name) || /^redis\.(LOG_|REDIS_)/.test(name)) continue;
    problems.push(violation("commands/api", range, `scripts cannot use \`${name}\``));
  }
  for (const { range, by, inspected } of pcallResults.values()) {
    if (inspected) continue;
    problems.push(
      violation(
        "errors/swallowed",
        range,
        `the script does not inspect the error that ${by} may return`,
        SWALLOWED[by],
      ),
    );
  }
  return problems;
}

function checkVisit(visit: CommandVisit): Problem[] {
  const { command, name, range, invalidArguments } = visit;
  if (command === undefined) return [unknownCommand(visit)];
  const problems: Problem[] = [];
  const refused = refusalOf(command);
  if (refused !== undefined) problems.push(violation("commands/forbidden", range, `\`${name}\` ${refused}`));
  const arity = arityMessage(visit, command);
  if (arity !== undefined) problems.push(violation("commands/arity", range, arity));
  if (visit.channel !== undefined) problems.push(...strayChannel(visit.name, visit.channel));
  for (const invalid of invalidArguments) {
    problems.push(
      violation("commands/argument", invalid.range, `this argument of \`${name}\` may be ${invalid.what}`),
    );
  }
  return problems;
}

function strayChannel(name: string, { range, value }: NonNullable<CommandVisit["channel"]>): Problem[] {
  if (v.isBottom({ ...value, keys: new Set() })) return [];
  const origins = [...value.origins];
  const origin = origins.length === 0 ? "a value that is not a key parameter" : listed(origins);
  return [violation("commands/channel", range, `the channel of \`${name}\` is ${origin}`)];
}

function unknownCommand({ name, range }: CommandVisit): Problem {
  const since = NEWER_COMMANDS.get(name);
  if (since === undefined)
    return violation("commands/unknown", range, `Redis 7.0 has no command \`${name}\``);
  return violation(
    "commands/since",
    range,
    `\`${name}\` is new in ${since}, and scripts must run on Redis 7.0`,
  );
}

function arityMessage({ name, words, open }: CommandVisit, { arity }: Command): string | undefined {
  const min = Math.abs(arity);
  const tooFew = words < min && !open;
  if (!tooFew && (arity < 0 || words <= min)) return undefined;
  const needed = min - name.split(" ").length;
  const given = words - name.split(" ").length;
  const needs = arity < 0 ? `at least ${needed}` : `${needed}`;
  return `\`${name}\` needs ${needs} ${needed === 1 ? "argument" : "arguments"}, but has ${given} here`;
}

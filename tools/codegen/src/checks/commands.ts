import type { CommandVisit } from "../analysis/interpreter/recorder.js";
import * as v from "../analysis/domain/value.js";
import { NEWER_COMMANDS } from "../commands/newer.js";
import { refusalOf } from "../commands/refused.js";
import type { Command } from "../commands/table.js";
import type { Problem } from "../parse/problem.js";
import { breach, type Checked, listed } from "./input.js";

const CALL_IT = "call the function itself, or look at the first value that comes back";

/** Mends of their own, by what catches the error. */
const SWALLOWED: Readonly<Record<string, string>> = { pcall: CALL_IT, xpcall: CALL_IT };

/** Of `redis`, what a script may use beside call and pcall. */
const API: ReadonlySet<string> = new Set(["redis.sha1hex", "redis.log", "redis.acl_check_cmd"]);

/** Commands are known, allowed in scripts, and complete. */
export function checkCommands({ facts }: Checked): readonly Problem[] {
  const { commands, dynamic, api, answers } = facts.recorder;
  const problems = [...commands.values()].flatMap(checkVisit);
  for (const { spot, name } of dynamic.values()) {
    problems.push(breach("commands/dynamic", spot, `the command that \`${name}\` runs is no literal`));
  }
  for (const { spot, name } of api.values()) {
    if (API.has(name) || /^redis\.(LOG_|REDIS_)/.test(name)) continue;
    problems.push(breach("commands/api", spot, `scripts do not use \`${name}\``));
  }
  for (const { spot, by, seen } of answers.values()) {
    if (seen) continue;
    problems.push(
      breach("errors/swallowed", spot, `nothing looks at the error that ${by} may give back`, SWALLOWED[by]),
    );
  }
  return problems;
}

function checkVisit(visit: CommandVisit): Problem[] {
  const { command, name, spot, misfits } = visit;
  if (command === undefined) return [unknownCommand(visit)];
  const problems: Problem[] = [];
  const refused = refusalOf(command);
  if (refused !== undefined) problems.push(breach("commands/forbidden", spot, `\`${name}\` ${refused}`));
  const arity = arityMessage(visit, command);
  if (arity !== undefined) problems.push(breach("commands/arity", spot, arity));
  if (visit.channel !== undefined) problems.push(...strayChannel(visit.name, visit.channel));
  for (const misfit of misfits) {
    problems.push(
      breach("commands/argument", misfit.spot, `this argument of \`${name}\` may be ${misfit.what}`),
    );
  }
  return problems;
}

function strayChannel(name: string, { spot, value }: NonNullable<CommandVisit["channel"]>): Problem[] {
  if (v.isNothing({ ...value, keys: new Set() })) return [];
  const origins = [...value.origins];
  const origin = origins.length === 0 ? "something that is no key parameter" : listed(origins);
  return [breach("commands/channel", spot, `the channel of \`${name}\` is ${origin}`)];
}

function unknownCommand({ name, spot }: CommandVisit): Problem {
  const since = NEWER_COMMANDS.get(name);
  if (since === undefined) return breach("commands/unknown", spot, `Redis 7.0 has no command \`${name}\``);
  return breach("commands/since", spot, `\`${name}\` came with ${since}; scripts run on Redis 7.0 too`);
}

function arityMessage({ name, words, open }: CommandVisit, { arity }: Command): string | undefined {
  const least = Math.abs(arity);
  const few = words < least && !open;
  if (!few && (arity < 0 || words <= least)) return undefined;
  const needed = least - name.split(" ").length;
  const given = words - name.split(" ").length;
  const needs = arity < 0 ? `at least ${needed}` : `${needed}`;
  return `\`${name}\` takes ${needs} ${needed === 1 ? "argument" : "arguments"}, and has ${given} here`;
}

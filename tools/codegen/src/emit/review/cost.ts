import { type Costs, codeDigest, type ManyCost, type ScriptCost } from "../../costs.js";
import type { ScriptModel } from "../../model/model.js";
import type { EmittedLua } from "../lua/script.js";
import { table } from "./markdown.js";

/** What a script costs the server, if that was measured. */
export function costSection(costs: Costs | undefined, script: ScriptModel, lua: EmittedLua): string[] {
  const cost = costOf(costs, script);
  if (costs === undefined || cost === undefined) return [];
  return [
    "## Time and bytes",
    "",
    `Measured on ${costs.measured} with ${costs.server}. Times differ on other machines; commands and bytes do not.`,
    ...(cost.digest === codeDigest(lua.text)
      ? []
      : ["The script has changed since then, so its figures may be wrong."]),
    "",
    ...table(
      ["Path", "us of a call", ...manyHead(script, cost), "us in Redis commands", "Commands", "AOF bytes"],
      cost.paths.map((path) => [
        path.path,
        figure(path.us),
        ...manyCell(script, cost, path.many),
        figure(path.commandUs),
        `${figure(path.commands)}${path.commandNames === "" ? "" : `: ${path.commandNames}`}`,
        figure(path.aofBytes),
      ]),
    ),
    ...manyLine(script, cost),
    ...cost.atLimit.map(
      ({ path, p99Us }) => `At its limit (${path}) 99 of 100 calls take at most ${figure(p99Us)} us.`,
    ),
    ...(cost.atLimit.length === 0 ? [] : [""]),
  ];
}

/** The column exists if some path was measured with the limit of the contract. */
function manyHead({ many: limit }: ScriptModel, { paths }: ScriptCost): string[] {
  const isMeasured = limit !== undefined && paths.some(({ many }) => many?.calls === limit);
  return isMeasured ? [`us of one among ${limit}`] : [];
}

function manyCell(script: ScriptModel, cost: ScriptCost, many: ManyCost | undefined): string[] {
  if (manyHead(script, cost).length === 0) return [];
  return [many !== undefined && many.calls === script.many ? figure(many.us) : ""];
}

function manyLine({ many: limit }: ScriptModel, { paths }: ScriptCost): string[] {
  const runs = paths.flatMap(({ many }) => (many !== undefined && many.calls === limit ? [many.p99Us] : []));
  if (runs.length === 0) return [];
  return [
    `On these paths, 99 of 100 runs of the many form with ${limit} calls take at most ${figure(Math.max(...runs))} us.`,
    "",
  ];
}

export function costOf(costs: Costs | undefined, script: ScriptModel): ScriptCost | undefined {
  return costs !== undefined && Object.hasOwn(costs.scripts, script.name)
    ? costs.scripts[script.name]
    : undefined;
}

/** A figure of a measurement: one digit after the point if it is small. */
export function figure(value: number): string {
  return value.toLocaleString("en-GB", { maximumFractionDigits: value < 100 ? 1 : 0 });
}

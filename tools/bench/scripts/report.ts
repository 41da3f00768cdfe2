import type { Costs, PathCost } from "../../codegen/src/costs.js";
import { explanations, unexplained } from "./explanations.js";

/** The section of `docs/benchmarks.md`. */
export function section({ measured, server, scripts }: Costs): string[] {
  const rows = Object.entries(scripts).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return [
    `Measured on ${measured} with ${server}. Pipelines of EVALSHA come from one connection. Short rounds of a script and of the`,
    "script that it is compared with alternate. A figure is that of the round at the first decile, because other processes of the",
    "machine only add time.",
    "",
    "| Script | Path | us | us in commands | Commands | Key bytes | AOF bytes | Ratio |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ...rows.flatMap(([name, { paths }]) => paths.map((cost) => pathRow(name, cost))),
    "",
    "- **us:** microseconds of a call, by `INFO commandstats`. They include the commands that the script runs, and no network.",
    "- **us in commands:** the part of them inside Redis commands. The rest is Lua.",
    "- **Key bytes:** `MEMORY USAGE` of all keys of the call after it.",
    "- **AOF bytes:** the growth of the append-only file by a call. A replica receives the same bytes.",
    "- **Ratio:** *rival* is a lean script in `tools/bench/rivals`, written by hand, with the same checks and replies. *bare* is a",
    "  script that runs the same commands with the same arguments and nothing else. A ratio is the median over rounds that follow each",
    "  other, so a machine that is slower for a while changes it little.",
    "",
    "Why the three highest ratios to bare calls are so high:",
    "",
    ...explanations(scripts),
    "",
    "A script with `@many` also has a form for many calls. Each run of it has as many calls as it allows, with other keys or the same",
    "ones as the path has. *us* is the time of one of these calls, and *p99* that of a whole run, by `INFO latencystats`.",
    "",
    "| Script | Path | Calls in a run | us of a call alone | us | Ratio | p99 us of a run |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...rows.flatMap(([name, { paths }]) => paths.flatMap((cost) => manyRow(name, cost))),
    "",
    "At its limit, each script runs 1,000 times. The data of all runs exist before the first one. The figure is the 99th percentile",
    "of `INFO latencystats`.",
    "",
    "| Script | Limit | p99 us |",
    "| --- | --- | --- |",
    ...rows.flatMap(([name, { atLimit }]) =>
      atLimit.map(
        ({ path, p99Us }) => `| ${name} | ${path} | ${Math.round(p99Us).toLocaleString("en-GB")} |`,
      ),
    ),
  ];
}

function pathRow(name: string, cost: PathCost): string {
  const keyBytes = Object.values(cost.keys).reduce((sum, { bytes }) => sum + bytes, 0);
  const against = cost.comparedWith === "rival" ? "rival" : "bare";
  const cells = [
    name,
    cost.path,
    cost.us.toFixed(1),
    cost.commandUs.toFixed(1),
    figure(cost.commands),
    figure(keyBytes),
    figure(cost.aofBytes),
    `${cost.ratio.toFixed(2)} ${against}`,
  ];
  return `| ${cells.join(" | ")} |`;
}

function manyRow(name: string, { path, us, many }: PathCost): string[] {
  if (many === undefined) return [];
  const ratio = (many.us / us).toFixed(2);
  return [
    `| ${name} | ${path} | ${many.calls} | ${us.toFixed(1)} | ${many.us.toFixed(1)} | ${ratio} | ${Math.round(many.p99Us).toLocaleString("en-GB")} |`,
  ];
}

function figure(value: number): string {
  return value.toLocaleString("en-GB", { maximumFractionDigits: value < 10 ? 1 : 0 });
}

/** What is above its bound, and the highest ratios that nobody has explained. */
export function failures(scripts: Costs["scripts"], maxRatio: number, maxLimitUs: number): string[] {
  const missed = Object.entries(scripts).flatMap(([name, { paths, atLimit }]) => [
    ...paths
      .filter(({ comparedWith, ratio }) => comparedWith === "rival" && ratio > maxRatio)
      .map(({ path, ratio }) => `${name}, ${path}: ${ratio.toFixed(2)} times its rival, at most ${maxRatio}`),
    ...paths.flatMap(({ path, many }) =>
      many === undefined || many.p99Us <= maxLimitUs
        ? []
        : [
            `${name}, ${path}: p99 ${Math.round(many.p99Us)} us of ${many.calls} calls, at most ${maxLimitUs}`,
          ],
    ),
    ...atLimit
      .filter(({ p99Us }) => p99Us > maxLimitUs)
      .map(
        ({ path, p99Us }) =>
          `${name}, ${path}: p99 ${Math.round(p99Us)} us at the limit, at most ${maxLimitUs}`,
      ),
  ]);
  return [...missed, ...unexplained(scripts)];
}

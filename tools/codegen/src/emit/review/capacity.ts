import type { Costs } from "../../costs.js";
import type { KeyModel, Model, ScriptModel } from "../../model/model.js";
import { keyNamed } from "../../model/resolve.js";
import { costOf, figure } from "./cost.js";
import { table } from "./markdown.js";

const MICROSECONDS = 1_000_000;

/** How many keys there are, how large they are, and what one slot and one key can bear. */
export function capacitySection(model: Model, costs: Costs | undefined, script: ScriptModel): string[] {
  if (script.keys.length === 0) return [];
  const keys = script.keys.map((param) => keyNamed(model, param.key));
  const bytes = (key: KeyModel) => bytesOf(costs, script, key);
  return [
    "## Number of keys",
    "",
    ...table(
      ["Key", "Bytes of one", "How many"],
      keys.map((key) => [`\`${key.name}\``, bytes(key), howMany(key)]),
    ),
    ...hotKey(costs, script, keys),
  ];
}

/** The bytes on the usual paths: the least and the greatest. */
function bytesOf(costs: Costs | undefined, script: ScriptModel, key: KeyModel): string {
  const found = costOf(costs, script)?.paths.flatMap(({ keyBytes }) =>
    Object.hasOwn(keyBytes, key.name) ? [keyBytes[key.name] ?? 0] : [],
  );
  if (found === undefined || found.length === 0) return "not measured";
  const [least, greatest] = [Math.min(...found), Math.max(...found)];
  return least === greatest ? figure(least) : `${figure(least)} to ${figure(greatest)}`;
}

function howMany(key: KeyModel): string {
  const own = key.fields.filter((field) => field !== "namespace");
  const each = `one for each ${own.length === 0 ? "namespace" : own.join(", ")}`;
  if (key.ttl === "none") return `${each}; no time removes it`;
  if (key.ttl.startsWith("no TTL")) return `${each}; no time removes it, but scripts do`;
  return `${each}; new keys a day = new ${own.at(-1) ?? "namespace"}s a day; keys at once = new keys a second * seconds of its life`;
}

function hotKey(costs: Costs | undefined, script: ScriptModel, keys: readonly KeyModel[]): string[] {
  const [first] = keys;
  if (first === undefined) return [];
  const tag = first.slotOf ?? first.hashTag;
  const fastest = costOf(costs, script)?.paths.toSorted((one, other) => other.us - one.us)[0];
  return [
    `All keys of a call are in the slot of \`${tag}\`, so on one node. There, all calls for the same \`${tag}\` run one`,
    "after the other. More nodes do not make them faster.",
    ...(fastest === undefined
      ? []
      : [
          `A node that does nothing else runs about ${roundTo(MICROSECONDS / fastest.us).toLocaleString("en-GB")} calls a second (${fastest.path}).`,
        ]),
    ...(keys.some((key) => key.slotOf !== undefined)
      ? [
          "A key with `<slot of …>` is shared by all tenants and names of that slot, so it is written more often than the others.",
        ]
      : []),
    "",
  ];
}

/** Two digits, because the figure is an estimate. */
function roundTo(value: number): number {
  return Number(value.toPrecision(2));
}

import type { Costs } from "../../costs.js";
import type { KeyModel, Model, ScriptModel } from "../../model/model.js";
import { keyNamed } from "../../model/resolve.js";
import { costOf } from "./cost.js";
import { furtherOf, mostOf, sizeOf } from "./key-sizes.js";
import { table } from "./markdown.js";

const MICROSECONDS = 1_000_000;

/** How many keys there are, how large they are, and what one slot and one key can bear. */
export function capacitySection(model: Model, costs: Costs | undefined, script: ScriptModel): string[] {
  if (script.keys.length === 0) return [];
  const keys = script.keys.map((param) => keyNamed(model, param.key));
  return [
    "## Number of keys",
    "",
    ...table(
      ["Key", "Bytes", "Bytes of a further one", "Bytes when full", "How many keys"],
      keys.map((key) => [
        `\`${key.name}\``,
        sizeOf(costs, script, key),
        furtherOf(costs, script, key),
        mostOf(costs, key),
        howMany(model, key),
      ]),
    ),
    ...hotKey(costs, script, keys),
  ];
}

const SLOTS = "16,384";

function howMany(model: Model, key: KeyModel): string {
  const fields = fieldsOutsideSlot(key);
  const tenant = fixedTenant(key);
  const own = tenant === undefined ? fields : fields.filter((field) => field !== "tenant");
  if (key.slotOf !== undefined) {
    const each = ["namespace", ...own].join(" and ");
    return `one for each slot in use: at most ${SLOTS} for each ${each}; ${unlimited(key)}`;
  }
  const each = `one for each ${own.length === 0 ? "namespace" : own.join(", ")}`;
  const always = tenant === undefined ? "" : `, because the tenant is always \`${tenant}\``;
  if (key.ttl === "none" || key.ttl.startsWith("no TTL")) return `${each}${always}; ${unlimited(key)}`;
  return `${each}${always}; ${newKeys(model, own)}`;
}

function unlimited({ ttl }: KeyModel): string {
  return ttl === "none" ? "no time removes it" : "no time removes it, but scripts do";
}

/** How many keys with a TTL there are. */
function newKeys(model: Model, fields: readonly string[]): string {
  const own = fields.filter((field) => field !== "tenant");
  const last = own.at(-1);
  const isNew = model.types.some((type) => type.name === last && "generated" in type && type.generated);
  const names =
    own.length > 1 && !isNew
      ? `combinations of ${own.slice(0, -1).join(", ")} and ${last}`
      : `${last ?? "tenant"}s`;
  return `new keys a day = different ${names} a day; keys at once = new keys a second * seconds of life`;
}

/** The fields of a pattern beside the namespace, without those that only choose the slot. */
function fieldsOutsideSlot({ pattern }: KeyModel): string[] {
  const fields = pattern.replace(/<slot of [^>]*>/g, "").matchAll(/<([^>]*)>/g);
  return [...fields].map(([, field = ""]) => field).filter((field) => field !== "namespace");
}

/** `moonpath` if the keyspace says `The tenant is \`moonpath\``: all keys of that pattern have it. */
function fixedTenant({ purpose }: KeyModel): string | undefined {
  return /\bThe tenant is `([^`]+)`/.exec(purpose)?.[1];
}

function hotKey(costs: Costs | undefined, script: ScriptModel, keys: readonly KeyModel[]): string[] {
  const [first] = keys;
  if (first === undefined) return [];
  const tag = first.slotOf ?? first.hashTag;
  const paths = costOf(costs, script)?.paths ?? [];
  const slowest = paths.toSorted((one, other) => other.us - one.us);
  const rates = [...new Set([...paths.slice(0, 1), ...slowest.slice(0, 1)])].map(
    ({ us, path }) => `${roundTo(MICROSECONDS / us).toLocaleString("en-GB")} (${path})`,
  );
  return [
    `All keys of a call are in the slot of \`${tag}\`, so on one node. There, all calls for the same \`${tag}\` run one`,
    "after the other. More nodes do not make them faster.",
    ...(rates.length === 0
      ? []
      : [`A node that does nothing else runs about this many calls a second: ${rates.join(", ")}.`]),
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

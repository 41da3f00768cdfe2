import type { Costs } from "../../costs.js";
import type { KeyModel, Model, ScriptModel } from "../../model/model.js";
import { keyNamed, noEvictionKeysOf } from "../../model/resolve.js";
import type { EmittedLua } from "../lua/script.js";
import { costOf, figure } from "./cost.js";
import { fullSize } from "./key-sizes.js";

/** A fast script is slow only above this, because any command waits for the machine at times. */
const LEAST_SLOW_US = 1_000;

/** A usual run of a many form takes less. */
const SLOW_RUN_US = 2_000;

/** The command that counts what a key holds. A string has no elements, so it does not grow. */
const SIZE: Readonly<Record<string, string>> = {
  hash: "HLEN",
  list: "LLEN",
  set: "SCARD",
  zset: "ZCARD",
  stream: "XLEN",
};

/** Whether a key holds what a worker cannot handle: its name is `dead`, or ends in `_dead`. */
function isGivenUp({ name }: KeyModel): boolean {
  return /(^|_)dead$/.test(name);
}

/** What a DBA should be told about, and by which figure of Redis. */
export function alertSection(
  model: Model,
  costs: Costs | undefined,
  script: ScriptModel,
  lua: EmittedLua,
): string[] {
  const limits = costOf(costs, script)?.atLimit.map(({ p99Us }) => p99Us) ?? [];
  const slowest = limits.length === 0 ? 0 : Math.max(LEAST_SLOW_US, ...limits);
  const growing = script.keys
    .filter(({ access }) => access === "write")
    .map((param) => ({ param, key: keyNamed(model, param.key) }))
    .filter(({ key }) => key.ttl === "none" || key.ttl.startsWith("no TTL"))
    .filter(({ key }) => fullSize(costs, key) === undefined);
  const alerts = [
    ...(lua.raises.includes("CORRUPT")
      ? ["`errorstat_CORRUPT` of `INFO errorstats` rises: a stored value has a wrong form. See *Repair*."]
      : []),
    ...(script.flags.length === 0
      ? ["`errorstat_OOM` rises: memory is full, and Redis refuses the script."]
      : []),
    ...(noEvictionKeysOf(model, script).length > 0
      ? [
          "`evicted_keys` of `INFO stats` rises: Redis has evicted keys, and guarantees of the script may be broken.",
        ]
      : []),
    `\`SLOWLOG GET\` shows \`EVALSHA ${lua.digest}\`${slowest === 0 ? "" : ` above ${figure(slowest)} us`}: the server is slow, or a key is larger than planned.`,
    ...(lua.many === undefined
      ? []
      : [
          `It shows \`EVALSHA ${lua.many.digest}\` above ${figure(SLOW_RUN_US)} us: the same, for a run of the many form. Divide by the number of calls in it.`,
        ]),
    ...growing.flatMap(({ param, key }) => {
      const size = SIZE[key.holds];
      if (size === undefined) return [];
      const command = `\`${size} {${param.param}}\``;
      return isGivenUp(key)
        ? `${command} is not 0: a worker has given up on what is in this key. Somebody has to look at it.`
        : `${command} rises from week to week: no time removes what is in this key.`;
    }),
  ];
  return ["## Alerts", "", ...alerts.map((alert) => `- ${alert}`), ""];
}

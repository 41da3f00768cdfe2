import type { Costs, KeyCost } from "../../codegen/src/costs.js";

/** The file that review sheets are made with. The order is that of the scripts' names. */
export function costsFile(costs: Costs): string {
  const scripts = Object.entries(costs.scripts)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, { digest, paths, atLimit }]) => [
      name,
      {
        digest,
        paths: paths.map((cost) => ({
          ...cost,
          us: rounded(cost.us, 2),
          commandUs: rounded(cost.commandUs, 2),
          commands: rounded(cost.commands, 1),
          keys: roundedKeys(cost.keys),
          aofBytes: Math.round(cost.aofBytes),
          ratio: rounded(cost.ratio, 2),
          ...(cost.many && {
            many: { ...cost.many, us: rounded(cost.many.us, 2), p99Us: Math.round(cost.many.p99Us) },
          }),
        })),
        atLimit: atLimit.map((cost) => ({
          ...cost,
          p99Us: Math.round(cost.p99Us),
          fullKeys: roundedKeys(cost.fullKeys),
        })),
      },
    ]);
  return `${JSON.stringify({ ...costs, scripts: Object.fromEntries(scripts) }, null, 2)}\n`;
}

function roundedKeys(keys: Readonly<Record<string, KeyCost>>): Record<string, KeyCost> {
  const entries = Object.entries(keys).map(([name, key]) => [
    name,
    key.perElement === undefined ? key : { ...key, perElement: Math.round(key.perElement) },
  ]);
  return Object.fromEntries(entries);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

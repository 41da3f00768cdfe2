import { writes, writesKey } from "../commands/table.js";
import type { Problem } from "../parse/problem.js";
import { breach, type Checked } from "./input.js";

const LETTING_GO: ReadonlySet<string> = new Set([
  "release",
  "ack",
  "expire",
  "delete",
  "cancel",
  "fail",
  "sweep",
  "remove",
]);

/** The shebang's flags come out as the script's purpose asks. */
export function checkFlags(checked: Checked): readonly Problem[] {
  return [...readers(checked), ...lettingGo(checked)];
}

function readers({ facts, contract }: Checked): readonly Problem[] {
  if (contract.keys.length === 0 || contract.keys.some((key) => key.access === "write")) return [];
  return [...facts.recorder.commands.values()].flatMap(({ command, keys, spot, name }) => {
    if (command === undefined || !writes(command)) return [];
    // A key that is written though declared read is told by keys/access.
    if (keys.some((key) => key.value.keys.size > 0 && writesKey(key.spec))) return [];
    const message = `all keys are declared read, and \`${name}\` counts as a write: the script cannot run on a replica`;
    return [breach("flags/no-writes", spot, message, mendOf(name))];
  });
}

function mendOf(name: string): string | undefined {
  if (name === "GEORADIUS" || name === "GEORADIUSBYMEMBER" || name === "BITFIELD") {
    return `use \`${name}_RO\``;
  }
  return /PUBLISH$/.test(name) ? "publish from the client, or from a script that writes" : undefined;
}

function lettingGo({ facts, contract }: Checked): readonly Problem[] {
  const operation = contract.name.split(".").at(-1) ?? "";
  const word = operation.split("_")[0] ?? "";
  if (!LETTING_GO.has(word) || contract.oom !== undefined || facts.flags.length > 0) return [];
  const problems: Problem[] = [];
  for (const { command, spot, name } of facts.recorder.commands.values()) {
    if (command?.flags.includes("denyoom") !== true) continue;
    const message = `\`${name}\` needs memory, so that a full Redis would not run \`${contract.name}\``;
    problems.push(breach("flags/allow-oom", spot, message));
  }
  return problems;
}

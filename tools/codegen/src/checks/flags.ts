import { writes, writesKey } from "../commands/table.js";
import type { Problem } from "../parse/problem.js";
import { type Checked, violation } from "./input.js";

const RELEASING: ReadonlySet<string> = new Set([
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
  return [...readers(checked), ...releasing(checked)];
}

function readers({ facts, contract }: Checked): readonly Problem[] {
  if (contract.keys.length === 0 || contract.keys.some((key) => key.access === "write")) return [];
  return [...facts.recorder.commands.values()].flatMap(({ command, keys, range, name }) => {
    if (command === undefined || !writes(command)) return [];
    // A key that is written though declared read is told by keys/access.
    if (keys.some((key) => key.value.keys.size > 0 && writesKey(key.spec))) return [];
    const message = `all keys are declared read, but \`${name}\` counts as a write, so the script cannot run on a replica`;
    return [violation("flags/no-writes", range, message, fixOf(name))];
  });
}

function fixOf(name: string): string | undefined {
  if (name === "GEORADIUS" || name === "GEORADIUSBYMEMBER" || name === "BITFIELD") {
    return `use \`${name}_RO\``;
  }
  return /PUBLISH$/.test(name) ? "publish from the client, or from a script that writes" : undefined;
}

function releasing({ facts, contract }: Checked): readonly Problem[] {
  const operation = contract.name.split(".").at(-1) ?? "";
  const word = operation.split("_")[0] ?? "";
  if (!RELEASING.has(word) || contract.oom !== undefined || facts.flags.length > 0) return [];
  const problems: Problem[] = [];
  for (const { command, range, name } of facts.recorder.commands.values()) {
    if (command?.flags.includes("denyoom") !== true) continue;
    const message = `\`${name}\` needs memory, so a full Redis rejects \`${contract.name}\``;
    problems.push(violation("flags/allow-oom", range, message));
  }
  return problems;
}

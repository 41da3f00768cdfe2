import type { Command, CommandTable, KeySpec } from "./table.js";

/** One way in which a server's command is another than the table's. */
export interface CommandDifference {
  /** `HSET` */
  readonly command: string;
  /** A sentence: `HSET: flags are fast write, the table says denyoom fast write`. */
  readonly message: string;
}

/** Flags that decide whether and where a script may run a command; others are the server's own business. */
const COMPARED_FLAGS: ReadonlySet<string> = new Set([
  "write",
  "readonly",
  "denyoom",
  "noscript",
  "blocking",
  "admin",
  "allow_busy",
]);

function comparedFlags(command: Command): string {
  return command.flags.filter((flag) => COMPARED_FLAGS.has(flag)).join(" ") || "none";
}

function describeSpec(spec: KeySpec): string {
  const begin = "at" in spec.begin ? `${spec.begin.at}` : "word" in spec.begin ? spec.begin.word : "unknown";
  const find = spec.find;
  if ("last" in find) return `${spec.access} from ${begin} to ${find.last} by ${find.step}`;
  if ("countAt" in find) return `${spec.access} from ${begin}, as many as ${find.countAt} says`;
  return `${spec.access} from ${begin}`;
}

function describeKeys(command: Command): string {
  return command.keys.map(describeSpec).join("; ") || "none";
}

/** A command that takes more than it did still takes every call that was right before. */
function acceptsFewerCalls(shipped: number, served: number): boolean {
  if (shipped === served) return false;
  return !(served < 0 && Math.abs(shipped) >= -served);
}

function compareOne(shipped: Command, served: Command): CommandDifference[] {
  const differences: CommandDifference[] = [];
  const note = (what: string, found: string, expected: string): void => {
    const message = `${shipped.name}: ${what} ${found}, the table says ${expected}`;
    differences.push({ command: shipped.name, message });
  };
  if (acceptsFewerCalls(shipped.arity, served.arity)) note("arity is", `${served.arity}`, `${shipped.arity}`);
  const flags = comparedFlags(served);
  if (flags !== comparedFlags(shipped)) note("flags are", flags, comparedFlags(shipped));
  const keys = describeKeys(served);
  if (keys !== describeKeys(shipped)) note("keys are", keys, describeKeys(shipped));
  return differences;
}

/**
 * The differences between a server and the table: missing commands, and changed flags, key positions
 * or arity. A command that only the server has is no difference, nor is an arity that allows more.
 *
 * @param used names of the commands to compare; all of the table when absent
 *
 * @example
 * // [] if there is no difference
 * compareWithServer(REDIS_7_0, await readServerCommands(send), new Set(["HSET"]))
 */
export function compareWithServer(
  table: CommandTable,
  server: readonly Command[],
  used: Iterable<string> = table.keys(),
): readonly CommandDifference[] {
  const served = new Map(server.map((command) => [command.name, command]));
  const differences: CommandDifference[] = [];
  for (const name of [...used].sort()) {
    const shipped = table.get(name);
    const found = served.get(name);
    if (shipped === undefined) {
      differences.push({ command: name, message: `${name}: the table has no such command` });
    } else if (found === undefined) {
      differences.push({ command: name, message: `${name}: the server has no such command` });
    } else {
      differences.push(...compareOne(shipped, found));
    }
  }
  return differences;
}

/** One part of a release run: a command of this repository, and the lines of its output that are figures. */
export interface Step {
  readonly name: string;
  /** The command and its arguments. */
  readonly command: readonly string[];
  /** The lines of its output that are recorded. Escape sequences of a terminal are removed first. */
  readonly figures: RegExp;
}

/** The sizes of the steps. */
export interface Sizes {
  /** The smallest sizes, to try the release run itself. */
  readonly quick: boolean;
  /** Seconds for each fuzz target. */
  readonly fuzzSeconds: number;
  /** Server programs on which quick faults run as well. */
  readonly engines: readonly string[];
}

/** The steps of a release in their order. The steps that fail soonest come first. */
export function stepsOf({ quick, fuzzSeconds, engines }: Sizes): readonly Step[] {
  const also = engines.length > 0 ? ["--also", engines.join(",")] : [];
  const npm = (script: string, ...args: string[]) => ["npm", "run", "--silent", script, "--", ...args];
  return [
    { name: "tests", command: ["npm", "test"], figures: /^ *(Test Files|Tests|Duration) / },
    { name: "late", command: ["npm", "run", "--silent", "test:late"], figures: /^ *(Tests|Duration) |steps/ },
    { name: "next", command: ["npm", "run", "--silent", "test:next"], figures: /^ *(Tests|Duration) / },
    { name: "audit", command: npm("audit"), figures: /\S/ },
    { name: "benches", command: npm("bench"), figures: /^(ok|FAIL) / },
    {
      name: "faults",
      command: npm("faults", ...(quick ? ["--quick"] : []), ...also),
      figures: /^(ok|FAIL) /,
    },
    {
      name: "killed storefront",
      command: npm(
        "storefront:kill",
        ...(quick ? ["--limit", "500", "--kills", "3"] : ["--limit", "20000", "--kills", "60"]),
      ),
      figures: /^(The books|orders |Killed:)/,
    },
    { name: "fuzz", command: npm("fuzz", "--seconds", String(fuzzSeconds)), figures: /\S/ },
    {
      name: "mutation",
      command: npm("mutate", ...(quick ? ["--only", "price.read"] : [])),
      figures: /%/,
    },
  ];
}

/** Whether package.json has the script that the step runs. */
export function hasScript(manifest: unknown, { command }: Step): boolean {
  const script =
    command[1] === "run" ? command.find((word, at) => at > 1 && !word.startsWith("--")) : command[1];
  if (script === undefined || typeof manifest !== "object" || manifest === null) return false;
  const scripts: unknown = Reflect.get(manifest, "scripts");
  return typeof scripts === "object" && scripts !== null && Object.hasOwn(scripts, script);
}

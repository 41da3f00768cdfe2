/** What one path of a script costs the server. */
export interface PathCost {
  readonly path: string;
  /** Microseconds of a call. */
  readonly us: number;
  /** Microseconds of it inside Redis commands. */
  readonly commandUs: number;
  /** The number of commands of a call. */
  readonly commands: number;
  /** For example `GET, 2 HSET`. */
  readonly commandNames: string;
  /** Bytes of each key after the first call, by the key's name in the keyspace. */
  readonly keyBytes: Readonly<Record<string, number>>;
  /** Bytes that a call adds to the append-only file. */
  readonly aofBytes: number;
  /** `rival`: a lean script by hand; `bare calls`: the same commands without anything else. */
  readonly comparedWith: "rival" | "bare calls";
  /** How many times the time of the other one. */
  readonly ratio: number;
}

/** What a script's largest call costs. */
export interface LimitCost {
  readonly path: string;
  /** The 99th percentile of 1,000 runs. */
  readonly p99Us: number;
}

/** What one script costs. */
export interface ScriptCost {
  /** The digest of the measured text. */
  readonly digest: string;
  readonly paths: readonly PathCost[];
  readonly atLimit: readonly LimitCost[];
}

/** All that was measured in one run. */
export interface Costs {
  /** The day, for example `2026-11-28`. */
  readonly measured: string;
  /** For example `Redis 7.0.15`. */
  readonly server: string;
  readonly scripts: Readonly<Record<string, ScriptCost>>;
}

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
          aofBytes: Math.round(cost.aofBytes),
          ratio: rounded(cost.ratio, 2),
        })),
        atLimit: atLimit.map((cost) => ({ ...cost, p99Us: Math.round(cost.p99Us) })),
      },
    ]);
  return `${JSON.stringify({ ...costs, scripts: Object.fromEntries(scripts) }, null, 2)}\n`;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

import type { Redis } from "ioredis";

/** What Redis counted since `CONFIG RESETSTAT`. */
export interface Statistics {
  /** Microseconds of all EVALSHA, with the commands that they run. */
  readonly scriptUs: number;
  /** Microseconds of the commands that the scripts ran. */
  readonly commandUs: number;
  /** The number of commands that the scripts ran. */
  readonly commands: number;
  /** The number of EVALSHA. */
  readonly calls: number;
}

/** The commands of the bench itself between the reset and the reading. */
const OWN = new Set(["config|resetstat", "info"]);

/**
 * Reads `INFO commandstats`, without the command `unlink` if the bench itself removes keys. Redis
 * adds the time of a command that a script runs to that command's row, and again to the row of
 * EVALSHA. Its clock has whole microseconds, but both ends of a command are cut off in the same way.
 * So the mean of many calls is exact.
 */
export async function readStatistics(
  redis: Redis,
  { removed }: { readonly removed: boolean },
): Promise<Statistics> {
  const rows = [
    ...(await redis.info("commandstats")).matchAll(/^cmdstat_([^:]+):calls=(\d+),usec=(\d+)/gm),
  ].map(([, name = "", calls, us]) => ({ name, calls: Number(calls), us: Number(us) }));
  const script = rows.find(({ name }) => name === "evalsha");
  const isOwn = (name: string) => OWN.has(name) || (removed && name === "unlink");
  const inner = rows.filter(({ name }) => name !== "evalsha" && !isOwn(name));
  if (script === undefined) throw new Error("INFO commandstats has no evalsha");
  return {
    calls: script.calls,
    scriptUs: script.us,
    commandUs: inner.reduce((sum, { us }) => sum + us, 0),
    commands: inner.reduce((sum, { calls }) => sum + calls, 0),
  };
}

/** The 99th percentile of all EVALSHA since `CONFIG RESETSTAT`, in microseconds. */
export async function readP99Us(redis: Redis): Promise<number> {
  const found = /^latency_percentiles_usec_evalsha:.*\bp99=([\d.]+)/m.exec(await redis.info("latencystats"));
  if (found?.[1] === undefined) throw new Error("INFO latencystats has no evalsha");
  return Number(found[1]);
}

/** The size of the append-only file. Redis writes to it before it answers. */
export async function readAofBytes(redis: Redis): Promise<number> {
  const found = /^aof_current_size:(\d+)/m.exec(await redis.info("persistence"));
  if (found?.[1] === undefined) throw new Error("the server has no append-only file");
  return Number(found[1]);
}

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Address } from "../../../src/testing/index.js";
import type { LoadProcess } from "./contestant-process.js";

const LIMIT_MS = 120_000;

/**
 * `redis-benchmark -P 64`, which comes with Redis. It does nothing with replies, so its rate is that of
 * the server.
 *
 * @param size the calls of a round, and how many values `__rand_int__` in the command has
 */
export function redisBenchmark(
  { host, port, password = "" }: Address,
  command: readonly string[],
  { calls, random }: { readonly calls: number; readonly random: number },
): LoadProcess {
  const secret = password === "" ? [] : ["-a", password];
  const options = ["-h", host, "-p", String(port), ...secret, "-P", "64", "-n", String(calls)];
  const args = [...options, "-r", String(random), "--csv", ...command];
  return {
    pid: undefined,
    run: async () => {
      const { stdout } = await start(args);
      const perSecond = rateOf(stdout);
      return { calls, ms: (calls / perSecond) * 1_000, cpuUs: 0, greatestMs: 0 };
    },
    stop: async () => {},
  };
}

async function start(args: readonly string[]): Promise<{ readonly stdout: string }> {
  try {
    return await promisify(execFile)("redis-benchmark", [...args], { timeout: LIMIT_MS });
  } catch (cause) {
    // The error of Node has the arguments, and so the password.
    const isMissing =
      typeof cause === "object" && cause !== null && "code" in cause && cause.code === "ENOENT";
    throw new Error(
      isMissing ? "redis-benchmark is not on the PATH; it comes with Redis" : "redis-benchmark has failed",
    );
  }
}

/** The rate in the last line of the output: `"evalsha …","104166.66","0.3",…`. */
export function rateOf(csv: string): number {
  const last = csv.trim().split("\n").at(-1) ?? "";
  const rate = Number(/^"(?:[^"]|"")*","([\d.]+)"/.exec(last)?.[1]);
  if (rate > 0) return rate;
  throw new Error("redis-benchmark printed no rate");
}

import type { Redis } from "ioredis";

/** The CPU time that a server has used since its start, in microseconds. */
export async function serverCpuUs(redis: Redis): Promise<number> {
  const info = await redis.info("cpu");
  const secondsOf = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, "m").exec(info)?.[1]);
  const us = (secondsOf("used_cpu_user") + secondsOf("used_cpu_sys")) * 1_000_000;
  if (Number.isNaN(us)) throw new Error("INFO cpu has no times");
  return us;
}

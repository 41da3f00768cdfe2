import type { Redis } from "ioredis";
import { sharedRedis } from "../redis.js";

/** Several connections of their own, so that calls really arrive side by side. */
export async function connections(count: number): Promise<readonly Redis[]> {
  const made = Array.from({ length: count }, () => sharedRedis());
  await Promise.all(made.map((redis) => redis.ping()));
  return made;
}

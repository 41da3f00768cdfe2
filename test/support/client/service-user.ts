import type { Redis } from "ioredis";
import { scripts } from "./fixtures.js";

/** ACL rules of a service that may not load scripts. Its password is `pw`. */
export const SERVICE =
  "on >pw resetkeys ~* -@all +evalsha +script|exists +multi +exec +discard +ping +hello +info +client|setname " +
  "+cluster|slots +cluster|info +asking +readonly +set +wait +hset +hget +hsetnx +hincrby";

/** Makes the user, or adds the rules to one that exists. */
export async function setUser(redis: Redis, name: string, rules: string): Promise<void> {
  await redis.call("ACL", ["SETUSER", name, ...rules.split(" ")]);
}

/** Loads all scripts of the fixtures, as `moonpath load` does. */
export async function loadAll(redis: Redis): Promise<void> {
  for (const { lua } of Object.values(scripts.tally)) await redis.script("LOAD", lua);
}

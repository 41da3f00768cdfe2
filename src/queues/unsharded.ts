import { ArgumentError } from "../core/errors.js";
import { readFrom } from "../core/read-from.js";

/** The arguments of a script without the shard, which the function computes. */
export type Unsharded<Args> = Pick<Args, Exclude<keyof Args, "queueShard">>;

/** @throws ArgumentError unless it is an object that can be read */
export function copyOf<Args extends object>(args: Args): Args {
  if (typeof args !== "object" || args === null) throw new ArgumentError("args", "an object");
  return readFrom("args", () => ({ ...args }));
}

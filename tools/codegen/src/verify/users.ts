import { randomBytes } from "node:crypto";
import type { Redis } from "ioredis";
import { NOTHING } from "../emit/acl/rules.js";
import { exampleCommands } from "../parse/contract/example-command.js";

/** Opens one more connection to the same database: as a user, or as whom the server's URL names. */
export type Connect = (user?: { readonly username: string; readonly password: string }) => Promise<Redis>;

/** The users of a run, connected. */
export interface Users {
  /** Runs the lines `given` and `then`: commands on keys of the namespace, none of them dangerous. */
  readonly preparer: Redis;
  /** Calls the scripts; may do nothing until `permit`. */
  readonly caller: Redis;
  /** Gives the caller these rights, and takes all others away. */
  permit(rules: readonly string[]): Promise<void>;
}

/** The server takes a user for somebody else, or keeps one that has to go. */
export class UserFault extends Error {}

/**
 * Makes two users with random passwords, connects as both, and deletes them in any case.
 *
 * @throws UserFault when the server takes one for another, or when they cannot be deleted; the
 *   message names them
 */
export async function withUsers<Result>(
  admin: Redis,
  connect: Connect,
  database: number,
  namespace: string,
  use: (users: Users) => Promise<Result>,
): Promise<Result> {
  const names = { preparer: `moonpath-${namespace}-example`, caller: `moonpath-${namespace}-script` };
  const open: Redis[] = [];
  const made: string[] = [];
  // What only the way in needs, taken away before the first example.
  const connectRights = ["+acl|whoami", "+info", ...(database === 0 ? [] : ["+select"])];
  const enter = async (username: string): Promise<Redis> => {
    const password = randomBytes(32).toString("hex");
    await admin.acl("SETUSER", username, "reset", "on", `>${password}`, ...NOTHING, ...connectRights);
    made.push(username);
    const redis = await connect({ username, password });
    open.push(redis);
    const seen = await redis.call("ACL", "WHOAMI");
    if (seen === username) return redis;
    throw new UserFault(
      `the server authenticates the generated user as ${String(seen)}, so the ACL cannot be tested`,
    );
  };
  const permit = async (name: string, rules: readonly string[]): Promise<void> => {
    await admin.acl("SETUSER", name, "clearselectors", ...rules);
  };
  try {
    const preparer = await enter(names.preparer);
    const allowed = exampleCommands().map((command) => `+${command}`);
    await permit(names.preparer, [...NOTHING, `~${namespace}:*`, ...allowed]);
    const caller = await enter(names.caller);
    await permit(names.caller, NOTHING);
    return await use({ preparer, caller, permit: (rules) => permit(names.caller, rules) });
  } finally {
    for (const redis of open) redis.disconnect();
    if (made.length > 0) await remove(made, admin, connect);
  }
}

/** Deletes the users; over a new connection where the first one is gone. */
async function remove(names: readonly string[], admin: Redis, connect: Connect): Promise<void> {
  const removed = await admin.acl("DELUSER", ...names).catch(() => undefined);
  if (removed !== undefined) return;
  try {
    const again = await connect();
    await again.acl("DELUSER", ...names).finally(() => again.disconnect());
  } catch {
    throw new UserFault(
      `the users ${names.join(" and ")} may still exist; delete them with: ACL DELUSER ${names.join(" ")}`,
    );
  }
}

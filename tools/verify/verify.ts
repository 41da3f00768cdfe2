import { randomBytes } from "node:crypto";
import type { Redis } from "ioredis";
import { compareWithServer } from "../commands/compare.js";
import { REDIS_7_0 } from "../commands/redis-7.0.js";
import { readServerCommands } from "../commands/server.js";
import { aclRules } from "../emit/acl.js";
import type { Generated } from "../generate.js";
import type { Place } from "../model/model.js";
import { counted } from "../naming.js";
import { type Bench, runExample } from "./example.js";

/** What a live server says of the scripts. */
export interface Verdict {
  /** What holds, a line each. */
  readonly held: readonly string[];
  /** What does not hold. */
  readonly failures: readonly VerifyFailure[];
}

/** One thing that does not hold on the server. */
export interface VerifyFailure {
  readonly rule: "verify/load" | "verify/digest" | "verify/example" | "verify/acl" | "verify/commands";
  readonly place: Place | undefined;
  readonly message: string;
}

/** Opens one more connection to the same database as a user; `verify` closes it. */
export type ConnectAs = (user: string, password: string) => Promise<Redis>;

/** Loads every script, compares digests, runs every example, compares the command table, and runs all again under the ACL. */
export async function verify(
  generated: Generated,
  admin: Redis,
  connectAs: ConnectAs,
  database: number,
  signal: AbortSignal,
): Promise<Verdict> {
  const failures: VerifyFailure[] = [];
  const held: string[] = [];
  const namespace = `verify-${randomBytes(6).toString("hex")}`;
  for (const script of generated.model.scripts) {
    const lua = generated.lua.get(script.name);
    try {
      const digest = await admin.script("LOAD", lua?.text ?? "");
      if (digest !== lua?.digest)
        failures.push({
          rule: "verify/digest",
          place: script.place,
          message: `the server calls ${script.name} ${String(digest)}`,
        });
    } catch (error) {
      if (!isReplyError(error)) throw error;
      failures.push({
        rule: "verify/load",
        place: script.place,
        message: `the server does not load ${script.name}: ${error.message}`,
      });
    }
  }
  if (failures.length > 0) return { held, failures };
  held.push(`${counted(generated.model.scripts.length, "script")} loaded, each under its digest`);

  failures.push(...(await compareCommands(generated, admin, held)));
  const run = await runExamples(generated, { admin, caller: admin, namespace, signal }, "verify/example");
  failures.push(...run);
  const count = generated.model.scripts.reduce((sum, script) => sum + script.examples.length, 0);
  if (run.length === 0) held.push(`${counted(count, "example")} hold, and hold when sent twice`);

  const underAcl = await runUnderAcl(generated, admin, namespace, connectAs, database, signal);
  failures.push(...underAcl);
  if (underAcl.length === 0) held.push("all of them hold for the least-privilege user, too");
  return { held, failures };
}

async function runExamples(
  generated: Generated,
  bench: Bench,
  rule: VerifyFailure["rule"],
): Promise<VerifyFailure[]> {
  const failures: VerifyFailure[] = [];
  for (const script of generated.model.scripts) {
    for (const example of script.examples) {
      const wrong = await runExample(
        bench,
        generated.model,
        script,
        example,
        generated.lua.get(script.name)?.digest ?? "",
      );
      if (wrong !== undefined)
        failures.push({ rule, place: example.place, message: `"${example.title}" does not hold: ${wrong}` });
    }
  }
  return failures;
}

async function compareCommands(generated: Generated, admin: Redis, held: string[]): Promise<VerifyFailure[]> {
  const used = new Set(generated.model.scripts.flatMap((script) => script.commands.map((use) => use.name)));
  const served = await readServerCommands((name, ...args) => admin.call(name, ...args));
  const differences = compareWithServer(REDIS_7_0, served, used);
  if (differences.length === 0)
    held.push(`${counted(used.size, "command")} are on this server what the table says`);
  return differences.map((difference) => ({
    rule: "verify/commands",
    place: undefined,
    message: difference.message,
  }));
}

async function runUnderAcl(
  generated: Generated,
  admin: Redis,
  namespace: string,
  connectAs: ConnectAs,
  database: number,
  signal: AbortSignal,
): Promise<VerifyFailure[]> {
  const user = `moonpath-${namespace}`;
  const password = randomBytes(16).toString("hex");
  const rules = aclRules(generated.model, generated.model.scripts, namespace);
  // What only the way in needs, taken away before the first example.
  const wayIn = ["acl|whoami", ...(database === 0 ? [] : ["select"])];
  let caller: Redis | undefined;
  try {
    const allowed = wayIn.map((command) => `+${command}`);
    await admin.acl("SETUSER", user, "reset", "on", `>${password}`, ...rules, ...allowed);
    caller = await connectAs(user, password);
    const seen = await caller.call("ACL", "WHOAMI");
    if (seen !== user) {
      const message = `the server takes the user of the generated ACL for ${String(seen)}, so that nothing is proved`;
      return [{ rule: "verify/acl", place: undefined, message }];
    }
    await admin.acl("SETUSER", user, ...wayIn.map((command) => `-${command}`));
    return await runExamples(generated, { admin, caller, namespace, signal }, "verify/acl");
  } finally {
    caller?.disconnect();
    await admin.acl("DELUSER", user);
  }
}

function isReplyError(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

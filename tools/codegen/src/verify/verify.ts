import { randomBytes } from "node:crypto";
import type { Redis } from "ioredis";
import { compareWithServer } from "../commands/compare.js";
import { REDIS_7_0 } from "../commands/redis-7.0.js";
import { readServerCommands } from "../commands/server.js";
import { aclRules } from "../emit/acl/rules.js";
import { hasArgumentCounts } from "../emit/lua/many.js";
import type { EmittedForm } from "../emit/lua/script.js";
import type { Generated } from "../generate.js";
import type { Position, ScriptModel } from "../model/model.js";
import { counted } from "../naming.js";
import { runExample } from "./example.js";
import { EndlessCall } from "./kill.js";
import { type Connect, UserFault, type Users, withUsers } from "./users.js";

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
  readonly position: Position | undefined;
  readonly message: string;
}

/**
 * Loads every script, compares digests and the command table, and runs every example. The script
 * runs as the user of its least-privilege line. The lines before and after the call run as another
 * user of the run's namespace. The admin's connection loads scripts, creates and deletes both users,
 * and empties the namespace.
 */
export async function verify(
  generated: Generated,
  admin: Redis,
  connect: Connect,
  database: number,
  signal: AbortSignal,
): Promise<Verdict> {
  const failures: VerifyFailure[] = [];
  const held: string[] = [];
  const namespace = `verify-${randomBytes(6).toString("hex")}`;
  for (const script of generated.model.scripts) {
    const lua = generated.lua.get(script.name);
    if (lua === undefined) throw new Error(`${script.name} was not generated`);
    failures.push(...(await load(admin, script, script.name, lua)));
    if (lua.many !== undefined)
      failures.push(...(await load(admin, script, `the many form of ${script.name}`, lua.many)));
  }
  if (failures.length > 0) return { held, failures };
  held.push(`${counted(generated.model.scripts.length, "script")} loaded, each under its digest`);

  failures.push(...(await compareCommands(generated, admin, held)));
  const run = await runAsUsers(generated, admin, connect, database, namespace, signal);
  failures.push(...run);
  const count = generated.model.scripts.reduce((sum, script) => sum + script.examples.length, 0);
  if (run.length === 0) {
    held.push(`${counted(count, "example")} hold, also when sent twice`);
    held.push("each script ran as the user of its least-privilege line");
  }
  return { held, failures };
}

/** Loads one form of a script. */
async function load(
  admin: Redis,
  { position }: ScriptModel,
  name: string,
  { text, digest }: EmittedForm,
): Promise<VerifyFailure[]> {
  try {
    const found = await admin.script("LOAD", text);
    if (found === digest) return [];
    const message = `the server computes another digest for ${name}: ${String(found)}`;
    return [{ rule: "verify/digest", position, message }];
  } catch (error) {
    if (!isReplyError(error)) throw error;
    return [{ rule: "verify/load", position, message: `the server does not load ${name}: ${error.message}` }];
  }
}

async function runAsUsers(
  generated: Generated,
  admin: Redis,
  connect: Connect,
  database: number,
  namespace: string,
  signal: AbortSignal,
): Promise<VerifyFailure[]> {
  const failures: VerifyFailure[] = [];
  try {
    await withUsers(admin, connect, database, namespace, (users) =>
      runExamples(generated, admin, users, namespace, signal, failures),
    );
  } catch (error) {
    if (!(error instanceof UserFault)) throw error;
    failures.push({ rule: "verify/acl", position: undefined, message: error.message });
  }
  return failures;
}

/** How a call fails that the ACL refuses: at EVALSHA, or at a command inside the script. */
const REFUSED =
  /^(sent again, )?the call fails(:| with) (NOPERM|ERR ACL failure in script|ERR The user executing the script can't)/;

/** Runs all examples and adds what does not hold to `failures`. Ends early when a call cannot be stopped. */
async function runExamples(
  { model, lua }: Generated,
  admin: Redis,
  { preparer, caller, permit }: Users,
  namespace: string,
  signal: AbortSignal,
  failures: VerifyFailure[],
): Promise<void> {
  const bench = { admin, preparer, caller, namespace, signal };
  for (const script of model.scripts) {
    await permit(aclRules(model, [script], namespace));
    for (const example of script.examples) {
      const report = (rule: VerifyFailure["rule"], wrong: string) =>
        failures.push({
          rule,
          position: example.position,
          message: `"${example.title}" does not hold: ${wrong}`,
        });
      const { digest = "", many } = lua.get(script.name) ?? {};
      try {
        const wrong = await runExample(bench, model, script, example, { digest });
        if (wrong !== undefined) report(REFUSED.test(wrong) ? "verify/acl" : "verify/example", wrong);
        if (wrong !== undefined || many === undefined) continue;
        const form = { digest: many.digest, many: { hasArgumentCounts: hasArgumentCounts(script) } };
        const differs = await runExample(bench, model, script, example, form);
        if (differs !== undefined) report("verify/example", `in the many form, ${differs}`);
      } catch (error) {
        if (!(error instanceof EndlessCall)) throw error;
        report("verify/example", `${script.name}: ${error.message}. The examples after it did not run`);
        return;
      }
    }
  }
}

async function compareCommands(generated: Generated, admin: Redis, held: string[]): Promise<VerifyFailure[]> {
  const used = new Set(generated.model.scripts.flatMap((script) => script.commands.map((use) => use.name)));
  const served = await readServerCommands((name, ...args) => admin.call(name, ...args));
  const differences = compareWithServer(REDIS_7_0, served, used);
  if (differences.length === 0)
    held.push(`${counted(used.size, "command")} agree with the table of Redis 7.0`);
  return differences.map((difference) => ({
    rule: "verify/commands",
    position: undefined,
    message: difference.message,
  }));
}

function isReplyError(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

import type { Redis } from "ioredis";
import { counted } from "../naming.js";
import { formatProblems } from "../report.js";
import { type VerifyFailure, verify } from "../verify/verify.js";
import { CommandError, type FolderOptions, shown } from "./options.js";
import { connect, isInCluster, readServer } from "./server.js";
import { readSources } from "./sources.js";
import { print, printError } from "./terminal.js";

/** The options of `moonpath-codegen verify`. */
export interface VerifyOptions extends FolderOptions {
  readonly redis?: string;
}

/**
 * Longer than `verify` needs to stop a call: CALL_LIMIT_MS, the wait for SCRIPT KILL, and its effect.
 */
const CALL_TIMEOUT_MS = 20_000;

/** The signals that end a run early. The run removes its users and keys first. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * `moonpath-codegen verify`: runs the scripts and examples on a live server. It uses a namespace of
 * its own and removes the keys afterwards.
 */
export async function runVerify(options: VerifyOptions): Promise<void> {
  const url = options.redis ?? process.env["REDIS_URL"];
  if (url === undefined || url === "")
    throw new CommandError("verify needs a server; set --redis redis://host:6379 or REDIS_URL", 2);
  if (url.includes(",")) {
    const source = options.redis === undefined ? "REDIS_URL" : "--redis";
    throw new CommandError(`verify needs one server, but ${source} names several`, 2);
  }
  const server = readServer(url);
  const { files, generated } = await readSources(options);
  if (generated.problems.length > 0)
    throw new CommandError(formatProblems(generated.problems, files, shown(options.lua)));
  const admin = await connect(server);
  const stop = new AbortController();
  const onSignal = () => stop.abort(new CommandError("verify was stopped; it removed its keys and users"));
  for (const name of SIGNALS) process.once(name, onSignal);
  try {
    if (await isInCluster(admin)) {
      throw new CommandError(
        `verify needs a server without cluster mode, but ${server.name} is a node of a cluster`,
        2,
      );
    }
    const others = await countKeys(admin);
    if (others > 0) printError(warning(server.name, others));
    const { held, failures } = await verify(
      generated,
      admin,
      (user) => connect(server, user, CALL_TIMEOUT_MS),
      server.database,
      stop.signal,
    );
    for (const line of held) print(line);
    if (failures.length > 0)
      throw new CommandError(
        failures.map((failure) => formatFailure(failure, shown(options.lua))).join("\n"),
      );
  } catch (error) {
    throw explained(error, server.name, admin);
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
    admin.disconnect();
  }
}

/** How many keys the server holds, in all of its databases. */
async function countKeys(admin: Redis): Promise<number> {
  const keyspace = await admin.info("keyspace");
  return [...keyspace.matchAll(/^db\d+:keys=(\d+)/gm)].reduce((sum, [, keys]) => sum + Number(keys), 0);
}

/**
 * The warning before the first script runs. The run touches no key outside of its namespace, but
 * it shares the server with others.
 */
function warning(server: string, keys: number): string {
  return `${server} holds ${counted(keys, "key")} that verify did not write. Scripts and examples run as users without access to them. But a script can block this server or fill its memory, so use a disposable server`;
}

/**
 * An error of the server as a `CommandError`, without the command that failed; any other error
 * unchanged.
 */
function explained(error: unknown, server: string, { status }: Redis): unknown {
  if (!(error instanceof Error) || error instanceof CommandError) return error;
  if (error.name === "ReplyError") return new CommandError(`${server} returned an error: ${error.message}`);
  const silent = status !== "ready" || error.message === "Command timed out";
  return silent ? new CommandError(`${server} stopped answering: ${error.message}`) : error;
}

function formatFailure(failure: VerifyFailure, folder: string): string {
  const where =
    failure.position === undefined
      ? ""
      : `${folder}/${failure.position.file}:${failure.position.line}:${failure.position.column}: `;
  return `${where}${failure.rule}: ${failure.message}`;
}

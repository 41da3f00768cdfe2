import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../process/ports.js";
import { ServerProcess } from "../process/server-process.js";
import { chownFolder, runnableUser, temporaryFolder, type User } from "../process/user.js";
import { registerFolder, unregisterFolder } from "../process/watchdog.js";
import type { Address } from "./connection.js";

/** The most retries with other ports if another program uses the port. */
const MAX_PORT_RETRIES = 5;

/** A local redis-server: its process, its port and its temporary folder. */
export interface RedisNode extends Address {
  /** The password of the default user; empty if it has none. */
  readonly password: string;
  readonly folder: string;
  readonly process: ServerProcess;
  /** Stops the process and removes the folder. */
  remove(): Promise<void>;
}

/** Options of `startNode`. */
export interface NodeSpec {
  readonly program: string;
  /** The arguments of `redis-server` for the chosen ports and folder. */
  args(port: number, busPort: number, folder: string): readonly string[] | Promise<readonly string[]>;
  readonly ready?: RegExp;
  /** The password that `args` sets for the default user. The log never shows it. */
  readonly password: string;
  readonly limitMs: number;
}

/**
 * Starts a redis-server on free ports of 127.0.0.1. Resolves when it accepts connections. If this
 * process is root, the server runs as an unprivileged user, unless only root can run its program or
 * use the files of its settings.
 */
export async function startNode(spec: NodeSpec): Promise<RedisNode> {
  let runAs = await chooseRunAs(spec.program);
  for (let attempt = 0; ; attempt++) {
    const [port = 0, busPort = 0] = await freePorts(2);
    const { user, parent } = runAs;
    const folder = makeFolder("redis", parent);
    const args = await spec.args(port, busPort, folder);
    if (user) chownFolder(user, folder);
    const server = new ServerProcess({
      name: `The server on port ${port}`,
      program: spec.program,
      args,
      cwd: folder,
      ...(user ? { user } : {}),
      ready: spec.ready ?? /ready to accept connections/i,
      stopSignal: "SIGTERM",
      orphanSignal: "SIGKILL",
      limitMs: spec.limitMs,
      secret: spec.password,
    });
    const remove = async () => {
      await server.stop();
      await removeFolder(folder);
    };
    try {
      await server.start();
      return { host: "127.0.0.1", port, password: spec.password, folder, process: server, remove };
    } catch (error) {
      await remove();
      const isDenied = user !== undefined && server.log.some((line) => ACCESS_DENIED.test(line));
      if (isDenied) runAs = AS_ROOT;
      else if (!server.isPortTaken || attempt >= MAX_PORT_RETRIES) throw error;
    }
  }
}

/** The log line of a server without access to a file. */
const ACCESS_DENIED = /permission denied|operation not permitted/i;

/** The user of a server and the parent of its folder. */
interface RunAs {
  readonly user?: User;
  readonly parent?: string;
}

const AS_ROOT: RunAs = {};

async function chooseRunAs(program: string): Promise<RunAs> {
  const user = await runnableUser(program);
  if (!user) return AS_ROOT;
  try {
    return { user, parent: temporaryFolder(user) };
  } catch {
    return AS_ROOT; // The user can enter no temporary folder.
  }
}

/** Creates a temporary folder. It is removed when this process ends, at the latest. */
export function makeFolder(prefix: string, parent: string = tmpdir()): string {
  const folder = mkdtempSync(join(parent, `moonpath-${prefix}-`));
  registerFolder(folder);
  return folder;
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  unregisterFolder(folder);
}

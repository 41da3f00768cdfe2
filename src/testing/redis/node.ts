import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../process/ports.js";
import { ServerProcess } from "../process/server-process.js";
import { chownFolder, runnableUser, temporaryFolder, type User } from "../process/user.js";
import { registerFolder, unregisterFolder } from "../process/watchdog.js";
import type { Address } from "./connection.js";

/** How many times a start is tried again with other ports when another program took one first. */
const clashRetries = 5;

/**
 * One redis-server of ours: its process, its ports, and its folder under the system's temporary
 * folder.
 */
export interface RedisNode extends Address {
  /** Of the default user; empty if there is none. */
  readonly password: string;
  readonly folder: string;
  readonly process: ServerProcess;
  /** Ends the process and removes the folder. */
  remove(): Promise<void>;
}

export interface NodeSpec {
  readonly program: string;
  /** `redis-server`'s arguments, given the ports and the folder that were chosen. */
  args(port: number, busPort: number, folder: string): readonly string[] | Promise<readonly string[]>;
  readonly ready?: RegExp;
  /** What `args` sets as the password of the default user; its log never shows it. */
  readonly password: string;
  readonly limitMs: number;
}

/**
 * Starts a redis-server on free ports of 127.0.0.1 and resolves when it accepts connections. Where
 * this process is root, the server runs as a user without rights, unless only root may run its
 * program or use the files that its settings name.
 */
export async function startNode(spec: NodeSpec): Promise<RedisNode> {
  let place = await placeFor(spec.program);
  for (let attempt = 0; ; attempt++) {
    const [port = 0, busPort = 0] = await freePorts(2);
    const { user, parent } = place;
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
      const isDenied = user !== undefined && server.log.some((line) => denied.test(line));
      if (isDenied) place = asRoot;
      else if (!server.isPortTaken || attempt >= clashRetries) throw error;
    }
  }
}

/** The log line of a server that may not use a file. */
const denied = /permission denied|operation not permitted/i;

/** Who runs a server, and where its folder is made. */
interface Place {
  readonly user?: User;
  readonly parent?: string;
}

const asRoot: Place = {};

async function placeFor(program: string): Promise<Place> {
  const user = await runnableUser(program);
  if (!user) return asRoot;
  try {
    return { user, parent: temporaryFolder(user) };
  } catch {
    return asRoot; // No temporary folder that the user may enter.
  }
}

/** A new folder that is removed with this process, at the latest. */
export function makeFolder(what: string, parent: string = tmpdir()): string {
  const folder = mkdtempSync(join(parent, `moonpath-${what}-`));
  registerFolder(folder);
  return folder;
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  unregisterFolder(folder);
}

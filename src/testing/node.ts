import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Address } from "./client.js";
import { guardFolder, releaseFolder } from "./guard.js";
import { freePorts } from "./ports.js";
import { ServerProcess } from "./process.js";

/** How many times a start is tried again with other ports when another program took one first. */
const clashRetries = 5;

/** One redis-server of ours: its process, its ports, and its folder under the system's temporary folder. */
export interface RedisNode extends Address {
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
  readonly limitMs: number;
}

/** Starts a redis-server on free ports of 127.0.0.1 and resolves when it accepts connections. */
export async function startNode(spec: NodeSpec): Promise<RedisNode> {
  for (let attempt = 0; ; attempt++) {
    const [port = 0, busPort = 0] = await freePorts(2);
    const folder = makeFolder("redis");
    const server = new ServerProcess({
      name: `The server on port ${port}`,
      program: spec.program,
      args: await spec.args(port, busPort, folder),
      cwd: folder,
      ready: spec.ready ?? /ready to accept connections/i,
      stopSignal: "SIGTERM",
      guardSignal: "SIGKILL",
      limitMs: spec.limitMs,
    });
    const remove = async () => {
      await server.stop();
      await removeFolder(folder);
    };
    try {
      await server.start();
      return { host: "127.0.0.1", port, folder, process: server, remove };
    } catch (error) {
      await remove();
      if (!server.clashed || attempt >= clashRetries) throw error;
    }
  }
}

/** A new folder that is removed with this process, at the latest. */
export function makeFolder(what: string, parent: string = tmpdir()): string {
  const folder = mkdtempSync(join(parent, `moonpath-${what}-`));
  guardFolder(folder);
  return folder;
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  releaseFolder(folder);
}

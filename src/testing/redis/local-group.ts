import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stopIdleWatchdog } from "../process/watchdog.js";
import { type RedisNode, startNode } from "./node.js";
import { serverArgs, serverOf } from "./server.js";
import { allStarted, type GroupOptions, type MemberSpec, type ServerGroup } from "./server-group.js";
import type { RedisServer } from "./types.js";

/** A group of local processes on 127.0.0.1. */
export class LocalGroup implements ServerGroup {
  readonly host = "127.0.0.1";
  readonly announced = {};
  readonly #options: GroupOptions;
  readonly #program: string;
  readonly #nodes: RedisNode[] = [];

  constructor(options: GroupOptions, program: string) {
    this.#options = options;
    this.#program = program;
  }

  start(specs: readonly MemberSpec[]): Promise<RedisServer[]> {
    return allStarted(specs.map((spec) => this.#startOne(spec)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.remove()));
    await stopIdleWatchdog();
  }

  log(): readonly string[] {
    return this.#nodes.map(({ port, process }) => `${port}: ${process.log.at(-1) ?? ""}`);
  }

  async #startOne({ settings, sentinelLines }: MemberSpec): Promise<RedisServer> {
    const { server, password, limitMs } = this.#options;
    const node = await startNode({
      program: this.#program,
      args: (port, busPort, folder) =>
        sentinelLines === undefined
          ? serverArgs(port, folder, server, password, settings?.(busPort))
          : [writeSentinelFile(port, folder, sentinelLines), "--sentinel"],
      ...(sentinelLines === undefined ? {} : { ready: SENTINEL_READY }),
      password,
      limitMs,
    });
    this.#nodes.push(node);
    return serverOf(node);
  }
}

/** The log line of a ready Sentinel. */
export const SENTINEL_READY = /\+monitor master/;

function writeSentinelFile(port: number, folder: string, lines: readonly string[]): string {
  const file = join(folder, "sentinel.conf");
  const own = [`port ${port}`, "bind 127.0.0.1", `dir "${folder}"`];
  writeFileSync(file, [...own, ...lines, ""].join("\n"), { mode: 0o600 });
  return file;
}

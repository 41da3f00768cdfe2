/**
 * Rewrites the tables of commands from live servers:
 *
 *     npx tsx tools/codegen/src/commands/refresh.ts redis://127.0.0.1:6379 [a newer server's URL ...]
 *
 * The first server is the oldest supported one and fills `redis-7.0.ts`. Commands that only newer
 * servers have are written to `newer.ts`, each with the release that added it. Without a newer server
 * that file does not change.
 */
import { writeFile } from "node:fs/promises";
import { Redis } from "ioredis";
import { readServerCommands, readServerRelease } from "./server.js";
import type { Command } from "./table.js";

interface Server {
  readonly engine: string;
  readonly version: string;
  readonly commands: readonly Command[];
}

async function ask(url: string): Promise<Server> {
  const redis = new Redis(url, { protocol: 2, enableReadyCheck: false, maxRetriesPerRequest: 0 });
  try {
    const send = (command: string, ...args: string[]): Promise<unknown> => redis.call(command, ...args);
    return { ...(await readServerRelease(send)), commands: await readServerCommands(send) };
  } finally {
    redis.disconnect();
  }
}

const HEAD = "// Written by refresh.ts; DO NOT EDIT.\n// biome-ignore-all format: one line a command\n";

function tableModule(server: Server): string {
  const rows = server.commands.map((command) => `  ${JSON.stringify(command)},\n`);
  return (
    `${HEAD}import { type CommandTable, tableOf } from "./table.js";\n\n` +
    `/** The commands of ${server.engine} ${server.version}, as the server describes them. */\n` +
    `export const REDIS_7_0: CommandTable = tableOf([\n${rows.join("")}]);\n`
  );
}

function newerModule(oldest: Server, newer: readonly Server[]): string {
  const known = new Set(oldest.commands.map((command) => command.name));
  const since = new Map<string, string>();
  for (const server of newer) {
    for (const command of server.commands) {
      if (known.has(command.name) || since.has(command.name) || command.group === "module") continue;
      const engine = server.engine === "valkey" ? "Valkey" : "Redis";
      since.set(command.name, `${engine} ${command.since}`);
    }
  }
  const rows = [...since].sort().map(([name, release]) => `  [${JSON.stringify(name)}, "${release}"],\n`);
  return (
    `${HEAD}/** Commands that Redis 7.0 does not have yet, and the release that brought each. */\n` +
    `export const NEWER_COMMANDS: ReadonlyMap<string, string> = new Map([\n${rows.join("")}]);\n`
  );
}

const [first, ...rest] = process.argv.slice(2);
if (first === undefined) {
  console.error("usage: refresh.ts URL [URL of a newer server ...]");
  process.exitCode = 2;
} else {
  const oldest = await ask(first);
  await writeFile(new URL("redis-7.0.ts", import.meta.url), tableModule(oldest));
  const newer = await Promise.all(rest.map(ask));
  if (newer.length > 0) await writeFile(new URL("newer.ts", import.meta.url), newerModule(oldest, newer));
}

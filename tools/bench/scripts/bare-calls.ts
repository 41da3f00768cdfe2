import { setTimeout as delay } from "node:timers/promises";
import type { EncodedCall } from "../../../src/client/index.js";
import type { BenchServer, Form } from "./bench-server.js";
import type { Case } from "./case.js";
import { digestOf } from "./rivals.js";

/** One command that a script ran, with its arguments. */
export type Command = readonly string[];

/** A Lua function call has room for about 250 values; more come from a table. */
const MAX_DIRECT_VALUES = 200;
const SETTLE_MS = 20;

/** Records the commands of a call by MONITOR, which shows those of scripts too. */
export async function recordCommands(
  server: BenchServer,
  form: Form,
  call: EncodedCall,
  measured: Case,
): Promise<readonly Command[]> {
  const monitor = await server.redis.monitor();
  const commands: Command[] = [];
  monitor.on("monitor", (_time: string, args: string[], source: string) => {
    if (source === "lua") commands.push(args);
  });
  await server.run(form, [call], measured);
  // The lines of MONITOR are on another connection than the reply. They have all arrived when no
  // further one comes.
  for (let before = -1; before !== commands.length; ) {
    before = commands.length;
    await delay(SETTLE_MS);
  }
  monitor.disconnect();
  return commands;
}

/**
 * A script that runs the same commands and nothing else: no checks, no decisions, no reply. A value
 * that is one of KEYS or ARGV is read from there, because it differs from call to call. Any other
 * one is a constant.
 */
export function bareForm(script: Form, commands: readonly Command[], { keys, args }: EncodedCall): Form {
  const [shebang = "#!lua"] = script.lua.split("\n", 1);
  const value = (text: string) => {
    const key = keys.indexOf(text);
    if (key >= 0) return `KEYS[${key + 1}]`;
    const arg = args.indexOf(text);
    return arg >= 0 ? `ARGV[${arg + 1}]` : luaText(text);
  };
  const lines = commands.map(([name = "", ...values]) => {
    const given = values.map(value).join(", ");
    const list = values.length > MAX_DIRECT_VALUES ? `unpack({ ${given} })` : given;
    return `redis.call(${[luaText(name.toUpperCase()), ...(list === "" ? [] : [list])].join(", ")})`;
  });
  const lua = `${[shebang, ...lines].join("\n")}\n`;
  return { lua, digest: digestOf(lua), answers: false };
}

function luaText(text: string): string {
  const escaped = [...Buffer.from(text)].map((byte) => {
    const plain = byte >= 32 && byte < 127 && byte !== 34 && byte !== 92;
    return plain ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, "0")}`;
  });
  return `"${escaped.join("")}"`;
}

/** The commands in a few words, such as `GET, 2 HSET`: those in a row with the same name are counted. */
export function commandNames(commands: readonly Command[]): string {
  const rows: { name: string; count: number }[] = [];
  for (const [name = ""] of commands) {
    const upper = name.toUpperCase();
    const last = rows.at(-1);
    if (last?.name === upper) last.count++;
    else rows.push({ name: upper, count: 1 });
  }
  return rows.map(({ name, count }) => (count === 1 ? name : `${count} ${name}`)).join(", ");
}

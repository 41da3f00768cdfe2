import { describe, expect, test } from "vitest";
import { compareWithServer } from "../../../../tools/codegen/src/commands/compare.js";
import { NEWER_COMMANDS } from "../../../../tools/codegen/src/commands/newer.js";
import { REDIS_7_0 } from "../../../../tools/codegen/src/commands/redis-7.0.js";
import {
  readServerCommands,
  readServerRelease,
  UnreadableAnswer,
} from "../../../../tools/codegen/src/commands/server.js";
import {
  type Command,
  type CommandTable,
  findCommand,
  holdsOf,
  writes,
} from "../../../../tools/codegen/src/commands/table.js";

function known(name: string, table: CommandTable = REDIS_7_0): Command {
  const command = table.get(name);
  if (command === undefined) throw new Error(`no ${name}`);
  return command;
}

/** The table's commands with one of them changed. */
function server(name: string, change: Partial<Command>): Command[] {
  return [...REDIS_7_0.values()].map((command) =>
    command.name === name ? { ...command, ...change } : command,
  );
}

const messages = (commands: readonly Command[], used?: readonly string[]): string[] =>
  compareWithServer(REDIS_7_0, commands, used).map((difference) => difference.message);

describe("the table of commands", () => {
  test("has the flags, arity, keys and first version of a command", () => {
    expect(known("HSET")).toMatchObject({
      since: "2.0.0",
      group: "hash",
      arity: -4,
      flags: ["denyoom", "fast", "write"],
      keys: [{ access: "RW", does: ["update"], begin: { at: 1 }, find: { last: 0, step: 1, part: 0 } }],
    });
    expect(known("SCRIPT LOAD").flags).toContain("noscript");
  });

  test("has the type that a command works on", () => {
    const found = [
      "HSET",
      "SET",
      "SETBIT",
      "PFADD",
      "LPUSH",
      "SADD",
      "ZADD",
      "GEOADD",
      "XADD",
      "DEL",
      "TIME",
    ].map((name) => holdsOf(known(name)));
    expect(found).toEqual([
      ...["hash", "string", "string", "string", "list", "set", "zset", "zset", "stream", "any", "any"],
    ]);
  });

  test("marks commands that are replicated as writes", () => {
    const writing = ["SET", "DEL", "PUBLISH", "SPUBLISH", "PFCOUNT", "SORT"].map((name) =>
      writes(known(name)),
    );
    expect(writing).not.toContain(false);
    expect(["GET", "SORT_RO", "TIME"].map((name) => writes(known(name)))).not.toContain(true);
  });

  test("finds subcommands in upper and lower case", () => {
    expect(findCommand(REDIS_7_0, "object", "encoding")?.name).toBe("OBJECT ENCODING");
    expect(findCommand(REDIS_7_0, "get", "encoding")?.name).toBe("GET");
    expect(findCommand(REDIS_7_0, "gett", undefined)).toBeUndefined();
  });

  test("has none of the newer commands", () => {
    expect(NEWER_COMMANDS.get("HPEXPIRE")).toBe("Redis 7.4.0");
    for (const name of NEWER_COMMANDS.keys()) expect(REDIS_7_0.has(name), name).toBe(false);
  });
});

describe("compareWithServer", () => {
  test("finds no difference in the table itself and in additions of a newer server", () => {
    const more: Command = { ...known("HSET"), name: "HSETEX" };
    expect(messages([...REDIS_7_0.values(), more])).toEqual([]);
    expect(messages(server("TYPE", { arity: -2 }))).toEqual([]);
    expect(messages(server("HSET", { flags: ["denyoom", "fast", "newly_named", "write"] }))).toEqual([]);
  });

  test("names changed flags, arity and keys", () => {
    expect(messages(server("HSET", { flags: ["fast", "write"] }))).toEqual([
      "HSET: flags are write, the table says denyoom write",
    ]);
    expect(messages(server("HLEN", { arity: 3 }))).toEqual(["HLEN: arity is 3, the table says 2"]);
    expect(messages(server("HSET", { arity: -5 }))).toEqual(["HSET: arity is -5, the table says -4"]);
    const [spec] = known("GET").keys;
    expect(messages(server("GET", { keys: spec === undefined ? [] : [{ ...spec, access: "RW" }] }))).toEqual([
      "GET: keys are RW from 1 to 0 by 1, the table says RO from 1 to 0 by 1",
    ]);
  });

  test("names commands that are missing on either side", () => {
    const without = [...REDIS_7_0.values()].filter((command) => command.name !== "HLEN");
    expect(messages(without)).toEqual(["HLEN: the server has no such command"]);
    expect(messages(without, ["HLENGTH"])).toEqual(["HLENGTH: the table has no such command"]);
  });

  test("compares only the commands that are used", () => {
    expect(messages(server("HSET", { arity: 9 }), ["GET", "HLEN"])).toEqual([]);
  });
});

describe("the reader of a server's replies", () => {
  const row = ["get", 2, ["readonly", "fast"], 1, 1, 1, ["@read"], [], [], []];
  const answers = (docs: unknown, rows: unknown) => async (_: string, sub?: string) =>
    sub === "DOCS" ? docs : rows;

  test("returns a command in the form of the table", async () => {
    const docs = ["get", ["since", "1.0.0", "group", "string", "complexity", "O(1)"]];
    expect(await readServerCommands(answers(docs, [row]))).toEqual([
      {
        name: "GET",
        since: "1.0.0",
        group: "string",
        arity: 2,
        flags: ["fast", "readonly"],
        acl: ["@read"],
        keys: [],
        complexity: "O(1)",
      },
    ]);
  });

  test("treats a command without details as one of a module", async () => {
    const [command] = await readServerCommands(answers([], [row]));
    expect(command).toMatchObject({ since: "0.0.0", group: "module" });
  });

  test("refuses a reply of another shape", async () => {
    await expect(readServerCommands(answers({}, [row]))).rejects.toThrow(UnreadableAnswer);
    await expect(readServerCommands(answers([], [["get", "2"]]))).rejects.toThrow(
      "arity of get is no number",
    );
  });

  test("distinguishes Redis and Valkey", async () => {
    const redis = async () => "# Server\r\nredis_version:7.0.15\r\n";
    const valkey = async () =>
      "# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\n";
    expect(await readServerRelease(redis)).toEqual({ engine: "redis", version: "7.0.15" });
    expect(await readServerRelease(valkey)).toEqual({ engine: "valkey", version: "8.1.1" });
  });
});

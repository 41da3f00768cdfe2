import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RedisServer, startRedis } from "../../../../src/testing/index.js";
import { rolesOf } from "../../../../tools/codegen/src/emit/acl/roles.js";
import { hasArgumentCounts } from "../../../../tools/codegen/src/emit/lua/many.js";
import type { ScriptModel } from "../../../../tools/codegen/src/model/model.js";
import { runExample } from "../../../../tools/codegen/src/verify/example.js";
import { OWN_OPTIONS, ownOutput } from "../../../support/codegen/own-scripts.js";

const NAMESPACE = OWN_OPTIONS.namespace;
const acl = ownOutput.files.get("acl/moonpath.acl") ?? "";
const readme = ownOutput.files.get("acl/README.md") ?? "";

let folder: string;
let server: RedisServer;
let admin: Redis;
const users = new Map<string, Redis>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "moonpath-acl-"));
  const aclfile = join(folder, "users.acl");
  await writeFile(aclfile, `user default on nopass ~* &* +@all\n${acl}`);
  server = await startRedis({
    own: true,
    password: "",
    config: { aclfile, "enable-debug-command": "local" },
  });
  admin = connectAs({});
  for (const { text: lua } of [...ownOutput.lua.values()].flatMap((one) =>
    one.many ? [one, one.many] : [one],
  ))
    await admin.script("LOAD", lua);
});
afterAll(async () => {
  for (const redis of [...users.values(), admin]) redis.disconnect();
  await server.stop();
  await rm(folder, { recursive: true });
});

function connectAs(user: { readonly username?: string; readonly password?: string }): Redis {
  return new Redis({ host: server.host, port: server.port, ...user });
}

/** A connection of that role, which a DBA has turned on. */
async function as(role: string): Promise<Redis> {
  const known = users.get(role);
  if (known !== undefined) return known;
  const username = `moonpath-${role}`;
  await admin.acl("SETUSER", username, "on", ">secret");
  const redis = connectAs({ username, password: "secret" });
  users.set(role, redis);
  return redis;
}

/** What a command ends with: `ok`, or the first word of the error. */
async function outcome(redis: Redis, ...command: [string, ...string[]]): Promise<string> {
  return redis.call(...command).then(
    () => "ok",
    (error: unknown) => (error instanceof Error ? (error.message.split(" ")[0] ?? "") : String(error)),
  );
}

async function expectOutcomes(role: string, wanted: string, commands: readonly string[]): Promise<void> {
  const redis = await as(role);
  const seen: Record<string, string> = {};
  for (const command of commands) {
    const [name = "", ...args] = command.split(" ");
    seen[command] = await outcome(redis, name, ...args);
  }
  expect(seen).toEqual(Object.fromEntries(commands.map((command) => [command, wanted])));
}

/** Which examples of these scripts do not hold for a role. */
async function failing(role: string, scripts: readonly ScriptModel[]): Promise<string[]> {
  const caller = await as(role);
  const bench = {
    admin,
    preparer: admin,
    caller,
    namespace: NAMESPACE,
    signal: new AbortController().signal,
  };
  const failures: string[] = [];
  for (const script of scripts) {
    const { digest = "", many } = ownOutput.lua.get(script.name) ?? {};
    const manyForm = many && { digest: many.digest, many: { hasArgumentCounts: hasArgumentCounts(script) } };
    for (const example of script.examples) {
      for (const form of [{ digest }, ...(manyForm ? [manyForm] : [])]) {
        const wrong = await runExample(bench, ownOutput.model, script, example, form);
        if (wrong !== undefined) failures.push(`${script.name}: ${example.title} ${wrong}`);
      }
    }
  }
  return failures;
}

/** Whether the page says that services can run some paths of a script. */
function runsPartly(name: string): boolean {
  const line = readme.split("\n").find((text) => text.includes("can run some paths of these")) ?? "";
  return line.includes(`\`${name}\` (it lacks`);
}

/** The scripts in a list of the README, such as `moonpath-service` can run these. */
function listed(words: string): string[] {
  const [, list = ""] = new RegExp(`^\`moonpath-service\` ${words}[^:]*: (.*)\\.$`, "m").exec(readme) ?? [];
  return list.split(", ").map((name) => name.replaceAll("`", ""));
}

const { scripts } = ownOutput.model;
const digest = ownOutput.lua.get("stock.read")?.digest ?? "";
const EVERYBODY_IS_REFUSED = [
  "EVAL return 0",
  "FLUSHALL",
  "SCRIPT FLUSH",
  "FUNCTION FLUSH",
  "CONFIG GET *",
  "ACL LIST",
  "ACL SETUSER x",
  "DEBUG SLEEP 0",
  "KEYS *",
  "SHUTDOWN NOSAVE",
  "SET shop:{acme:lamp}:stock 1",
  "SET elsewhere 1",
  "GET elsewhere",
  "MONITOR",
  "CLIENT KILL ID 1",
  "REPLICAOF NO ONE",
];

describe("hole 4: a server with the generated ACL file", () => {
  test("has one user per role, disabled and without a password", async () => {
    const listed = (await admin.acl("LIST")).filter((line: string) => line.startsWith("user moonpath-"));
    const state = listed.map((line: string) => line.split(" ").slice(1, 3).join(" "));
    expect(state.sort()).toEqual(
      rolesOf(ownOutput.model)
        .map(({ name }) => `moonpath-${name} off`)
        .sort(),
    );
    for (const line of listed) expect(line).not.toMatch(/nopass|#[0-9a-f]{64}/);
  });

  test("accepts the same rules in ACL SETUSER, split at each space", async () => {
    for (const line of acl.trim().split("\n")) {
      const [, name = "", , ...rules] = line.split(" ");
      await admin.call("ACL", ["SETUSER", `${name}-again`, "reset", ...rules]);
      const [again, first] = await Promise.all(
        [`${name}-again`, name].map(async (user) => String(await admin.call("ACL", "GETUSER", user))),
      );
      // Apart from flags and passwords, which come before.
      expect(again?.slice(again.indexOf("commands"))).toBe(first?.slice(first.indexOf("commands")));
      await admin.acl("DELUSER", `${name}-again`);
    }
  });

  test("applies new rules to a user and keeps its password and connections", async () => {
    const redis = await as("worker");
    const rules = /^user moonpath-worker off (.*)$/m.exec(acl)?.[1]?.split(" ") ?? [];
    const before = await admin.call("ACL", "GETUSER", "moonpath-worker");
    await admin.call("ACL", ["SETUSER", "moonpath-worker", "clearselectors", ...rules]);
    expect(await admin.call("ACL", "GETUSER", "moonpath-worker")).toEqual(before);
    expect(await redis.ping()).toBe("PONG");
  });

  test("lets the role service run the scripts of services and no other", async () => {
    const services = scripts.filter(({ role }) => role !== "worker");
    expect(services.length).toBeGreaterThan(20);
    expect(await failing("service", services)).toEqual([]);
    const callable = scripts.filter(({ name }) => listed("can run these").includes(name));
    const refused = scripts.filter(({ name }) => listed("cannot run these").includes(name));
    expect(refused.length).toBeGreaterThan(5);
    const partly = scripts.filter(({ name }) => runsPartly(name));
    expect(partly.map(({ name }) => name)).toEqual(["writebehind.take"]);
    expect(services.length + callable.length + refused.length + partly.length).toBe(scripts.length);
    expect(await failing("service", callable)).toEqual([]);
    for (const script of refused) {
      const failures = await failing("service", [script]);
      // Every path is refused, because EVALSHA is.
      expect(failures, script.name).toEqual(
        script.examples.map(() => expect.stringMatching(/NOPERM .*\bkeys?\b/)),
      );
    }
  });

  test("is described in the same way by the map of the keyspace and by the sheets", () => {
    const open = listed("can run these");
    expect(open).toContain("stock.sweep");
    const map = ownOutput.files.get("review/README.md") ?? "";
    for (const { name, domain, operation, version, role } of scripts) {
      const isOpen = open.includes(name);
      const closed = runsPartly(name) ? "workers; services on some paths" : "workers only";
      const worker = isOpen ? "workers; services have the rights too" : closed;
      const callers = role === "worker" ? worker : "services and workers";
      expect(map).toContain(`| [${name}](${domain}/${operation}.md) | ${version} | ${callers} |`);
      const sheet = ownOutput.files.get(`review/${domain}/${operation}.md`) ?? "";
      const [, row = ""] = /^\| Called by \| ([^:|]*)[^|]*\|$/m.exec(sheet) ?? [];
      expect(row.trim(), name).toBe(callers);
    }
  });

  test("lets the role service run only its scripts", async () => {
    await expectOutcomes("service", "ok", [
      `SCRIPT EXISTS ${digest}`,
      "SET shop:{acme:lamp}:replicated 1 PX 1",
      "INFO memory",
    ]);
    await expectOutcomes("service", "NOPERM", [
      ...EVERYBODY_IS_REFUSED,
      "SCRIPT LOAD return",
      "DEL shop:{acme:lamp}:replicated",
      "SET other:{acme:lamp}:replicated 1",
      "HGETALL shop:{acme:views}:views-batch",
      "HRANDFIELD shop:{acme:lamp}:due",
      "PUBLISH elsewhere 1",
    ]);
  });

  test("lets the role worker run every script and nothing else", async () => {
    expect(await failing("worker", scripts)).toEqual([]);
    await expectOutcomes("worker", "NOPERM", [...EVERYBODY_IS_REFUSED, "SCRIPT LOAD return"]);
  });

  test("lets the role deploy load and inspect scripts and run none", async () => {
    await expectOutcomes("deploy", "ok", [
      "SCRIPT LOAD return",
      `SCRIPT EXISTS ${digest}`,
      "INFO replication",
      "ROLE",
      "PING",
    ]);
    await expectOutcomes("deploy", "NOPERM", [
      ...EVERYBODY_IS_REFUSED,
      `EVALSHA ${digest} 1 shop:{acme:lamp}:stock`,
      "HGETALL shop:{acme:lamp}:stock",
      "MULTI",
    ]);
  });

  test("lets the role dba read the keyspace and the server and write nothing", async () => {
    await admin.hset("shop:{acme:lamp}:stock", { total: "5" });
    await expectOutcomes("dba", "ok", [
      "HGETALL shop:{acme:lamp}:stock",
      "TYPE shop:{acme:lamp}:stock",
      "PTTL shop:{acme:lamp}:stock",
      "MEMORY USAGE shop:{acme:lamp}:stock",
      "OBJECT ENCODING shop:{acme:lamp}:stock",
      "ZRANGE shop:{acme:offers:0}:due 0 -1",
      "GET shop:{acme:nightly}:lock",
      "SCAN 0 MATCH shop:*",
      "SLOWLOG GET 10",
      "CLIENT LIST",
      "LATENCY LATEST",
      "INFO",
      "ACL WHOAMI",
    ]);
    await expectOutcomes("dba", "NOPERM", [
      ...EVERYBODY_IS_REFUSED,
      "DEL shop:{acme:lamp}:stock",
      "HSET shop:{acme:lamp}:stock total 1",
      "EXPIRE shop:{acme:lamp}:stock 1",
      "EVAL_RO return 0",
      `EVALSHA ${digest} 1 shop:{acme:lamp}:stock`,
      `EVALSHA_RO ${digest} 1 shop:{acme:lamp}:stock`,
      "FCALL_RO f 0",
      "SCRIPT LOAD return",
      "HGETALL other:{acme:lamp}:stock",
      "SLOWLOG RESET",
      "ACL LOG",
      "PUBLISH shop:{acme:nightly}:lock 1",
    ]);
    const category: unknown = await admin.call("ACL", "CAT", "write");
    const writing = new Set(Array.isArray(category) ? category.map(String) : []);
    expect(writing.size).toBeGreaterThan(80);
    const rules = /^user moonpath-dba .*$/m.exec(acl)?.[0].split(" ") ?? [];
    expect(rules.filter((rule) => writing.has(rule.replace("+", "")))).toEqual([]);
    expect(rules.filter((rule) => /^[~%]/.test(rule) && !rule.startsWith("%R~"))).toEqual([]);
  });

  test("refuses comments in the ACL file, so its README lists the waivers", async () => {
    const aclfile = join(folder, "commented.acl");
    await writeFile(aclfile, `# Waivers: none\n${acl}`);
    await expect(startRedis({ own: true, password: "", config: { aclfile } })).rejects.toThrow();
    expect(readme).toContain("## Waivers");
  });
});

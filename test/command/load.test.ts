import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { beforeAll, describe, expect, test } from "vitest";
import { connect, readServer } from "../../src/command/server.js";
import {
  type RedisServer,
  startRedis,
  startRedisCluster,
  startReplicaPair,
} from "../../src/testing/index.js";
import { REDIS_7_0 } from "../../tools/codegen/src/commands/redis-7.0.js";
import { readFolder } from "../../tools/codegen/src/disk/read.js";
import { generate } from "../../tools/codegen/src/generate.js";
import { ROOT } from "../support/bundle.js";
import { Project } from "../support/codegen/project.js";
import { type Ended, runProgram } from "../support/program.js";
import { eventually } from "../support/wait.js";

let project: Project;
let digests: string[];
let deployRules: string[];
beforeAll(async () => {
  project = await Project.create();
  await project.succeed("generate");
  const options = { client: "moonpath/client", namespace: "shop", sourceRoot: "lua" };
  const generated = generate(await readFolder(join(project.folder, "lua"), [".lua"]), options);
  digests = [...generated.lua.values()].map(({ digest }) => digest);
  const line = /^user moonpath-deploy off (.*)$/m.exec(generated.files.get("acl/moonpath.acl") ?? "");
  deployRules = line?.[1]?.split(" ") ?? [];
  expect([digests.length, deployRules.length]).toEqual([3, 14]);
});

const MAIN = join(ROOT, "src/command/main.ts");

function start(env: Record<string, string>, ...args: string[]): Promise<Ended> {
  return runProgram(MAIN, args, { cwd: project.folder, env: { REDIS_URL: undefined, ...env } });
}

function load(...args: string[]): Promise<Ended> {
  return start({}, "load", "--scripts", "generated/lua", ...args);
}

async function on<Result>(server: RedisServer, use: (redis: Redis) => Promise<Result>): Promise<Result> {
  const redis = await connect(readServer(server.url));
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

/** Which of the scripts a server has. */
function loadedOn(server: RedisServer): Promise<unknown> {
  return on(server, (redis) => redis.script("EXISTS", ...digests));
}

/** The user of the generated ACL, with a password; the URL that names it. */
async function deployUrl(server: RedisServer): Promise<string> {
  await on(server, (redis) => redis.acl("SETUSER", "moonpath-deploy", "on", ">secret", ...deployRules));
  return `redis://moonpath-deploy:secret@${server.host}:${server.port}`;
}

const ALL = [1, 1, 1];

describe("hole 4: moonpath load", () => {
  test("loads one server as the deploy user, prints no password, and closes its connection", async () => {
    const server = await startRedis({ own: true });
    const url = await deployUrl(server);
    expect(await load("--redis", url)).toEqual({
      status: 0,
      output: `${readServer(server.url).name} (primary): 3 scripts loaded\n`,
      errors: "",
    });
    expect(await loadedOn(server)).toEqual(ALL);
    const connections = await on(server, (redis) => redis.client("LIST"));
    expect(connections).not.toContain("user=moonpath-deploy");
    await server.stop();
  });

  test("loads a primary and its replica, if either of the two is named", async () => {
    const { primary, replica, stop } = await startReplicaPair();
    await deployUrl(primary);
    await deployUrl(replica);
    for (const [named, other] of [
      [primary, replica],
      [replica, primary],
    ] as const) {
      const ended = await load("--redis", `redis://moonpath-deploy:secret@${named.host}:${named.port}`);
      expect(ended.errors).toBe("");
      expect(ended.output.trim().split("\n").sort()).toEqual(
        [
          `${readServer(primary.url).name} (primary): 3 scripts loaded`,
          `${readServer(replica.url).name} (replica): 3 scripts loaded`,
        ].sort(),
      );
      expect([await loadedOn(named), await loadedOn(other)]).toEqual([ALL, ALL]);
      for (const server of [named, other]) await on(server, (redis) => redis.script("FLUSH"));
    }
    await stop();
  });

  test("names a replica that does not answer, and loads the primary", async () => {
    const { primary, replica, stop } = await startReplicaPair();
    await replica.kill("SIGSTOP");
    const { status, output, errors } = await load("--redis", primary.url);
    await replica.kill("SIGCONT");
    expect({ status, output }).toEqual({
      status: 1,
      output: `${readServer(primary.url).name} (primary): 3 scripts loaded\n`,
    });
    expect(errors).toMatch(
      new RegExp(
        `^scripts are missing on 1 of 2 nodes; fix the errors below, then run moonpath load again\n${readServer(replica.url).name}: not loaded: .+\n$`,
      ),
    );
    await stop();
  });

  test("loads every primary and replica of a cluster, and names a node that is down", async () => {
    const cluster = await startRedisCluster({ own: true, masters: 3, replicasPerMaster: 1 });
    const [first] = await Promise.all(cluster.nodes.map(deployUrl));
    const whole = await load("--redis", first ?? "");
    expect(whole.errors).toBe("");
    expect(whole.output.match(/ \(primary\): 3 scripts loaded$/gm)).toHaveLength(3);
    expect(whole.output.match(/ \(replica\): 3 scripts loaded$/gm)).toHaveLength(3);
    for (const node of cluster.nodes) expect(await loadedOn(node)).toEqual(ALL);
    const last = cluster.nodes.at(-1);
    await last?.kill();
    const parted = await load("--redis", first ?? "");
    expect(parted.status).toBe(1);
    expect(parted.output.match(/3 scripts loaded$/gm)).toHaveLength(5);
    const name = readServer(last?.url ?? "").name;
    expect(parted.errors).toContain(`\n${name}: not loaded: no server answers at ${name}: `);
    await cluster.stop();
  }, 60_000);

  test("sends the password to no host that only a server names", async () => {
    const foreign = createServer();
    let reached = 0;
    foreign.on("connection", (socket) => {
      reached += 1;
      socket.destroy();
    });
    await once(foreign.listen(0, "127.0.0.2"), "listening");
    const address = foreign.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const primary = await startRedis({ own: true });
    // A replica says itself where it is to be found.
    const announce = { "replica-announce-ip": "127.0.0.2", "replica-announce-port": String(port) };
    const replica = await startRedis({
      own: true,
      password: primary.password,
      config: { ...announce, replicaof: `${primary.host} ${primary.port}` },
    });
    await eventually("the primary names its replica", async () => {
      expect(await on(primary, (redis) => redis.info("replication"))).toContain(`ip=127.0.0.2,port=${port}`);
    });
    const told = await load("--redis", primary.url);
    expect(told.status).toBe(1);
    expect(told.errors).toContain(`\nredis://127.0.0.2:${port}: not loaded: a server reported it, but `);
    expect(reached).toBe(0);
    await load("--redis", primary.url, "--follow");
    expect(reached).toBe(1);
    await Promise.all([replica.stop(), primary.stop()]);
    foreign.close();
  });

  test("ends within its limit if a server accepts and never answers", async () => {
    const silent = createServer();
    await once(silent.listen(0, "127.0.0.1"), "listening");
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { status, output, errors } = await load("--redis", `redis://127.0.0.1:${port}`);
    expect({ status, output }).toEqual({ status: 1, output: "" });
    expect(errors).toContain("scripts are missing on 1 of 1 node;");
    silent.close();
  });

  test("prints the server's error if the user may not load scripts", async () => {
    const server = await startRedis({ own: true });
    await on(server, (redis) => redis.acl("SETUSER", "reader", "on", ">secret", "+info"));
    const ended = await load("--redis", `redis://reader:secret@${server.host}:${server.port}`);
    expect(ended.status).toBe(1);
    expect(ended.errors).toMatch(/\(primary\): not loaded: NOPERM /);
    expect(ended.errors).not.toContain("secret");
    await server.stop();
  });

  test("loads the package's scripts without --scripts, and refuses a folder without generated Lua", async () => {
    const server = await startRedis({ own: true });
    const env = { REDIS_URL: server.url };
    const ended = await start(env, "load");
    const shipped = await readFolder(join(ROOT, "generated/lua"), [".lua"]);
    expect(ended).toEqual({
      status: 0,
      output: `${readServer(server.url).name} (primary): ${shipped.size} scripts of the package moonpath loaded\n`,
      errors: "",
    });
    expect(await start(env, "load", "--scripts", "lua/none")).toEqual({
      status: 2,
      output: "",
      errors: "lua/none has no .lua file; set --scripts to the folder of your generated Lua\n",
    });
    expect(await start(env, "load", "--scripts", join(ROOT, "lua"))).toMatchObject({
      status: 2,
      errors: expect.stringMatching(
        /^\S+\.lua is no generated script; set --scripts to the folder generated\/lua\n$/,
      ),
    });
    await server.stop();
  });

  test("needs an ACL line with only commands that Redis 7.0 knows", () => {
    const names = deployRules.filter((rule) => rule.startsWith("+")).map((rule) => rule.slice(1));
    const unknown = names.filter((name) => !REDIS_7_0.has(name.toUpperCase().replace("|", " ")));
    expect(unknown).toEqual([]);
  });

  test("has an example in its help", async () => {
    const { output } = await start({}, "load", "--help");
    expect(output).toContain("$ moonpath load --redis redis://moonpath-deploy:password@");
  });
});

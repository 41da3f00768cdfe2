import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type RedisServer, startRedis } from "../../../../src/testing/index.js";
import { connect, readServer } from "../../../../tools/codegen/src/cli/server.js";
import { Project } from "../../../support/codegen/project.js";
import type { Ended } from "../../../support/program.js";
import { freshNamespace } from "../../../support/redis.js";

let original: Project;
/** Nobody else's: on a server that holds keys, verify says so. */
let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  original = await Project.create();
  server = await startRedis({ own: true });
  redis = await connect(readServer(server.url));
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

function verify(project: Project, env: Record<string, string> = { REDIS_URL: server.url }): Promise<Ended> {
  return project.runWith(env, "verify");
}

/** What `verify` prints to scripts that were changed. */
async function failureAfter(...edits: [path: string, from: string, to: string][]): Promise<Ended> {
  const project = await original.copy();
  for (const [path, from, to] of edits) await project.edit(path, from, to);
  const ended = await verify(project);
  expect(ended.status).toBe(1);
  return ended;
}

describe("moonpath-codegen verify", () => {
  test("reports what holds, needs no output folder and leaves neither key nor user", async () => {
    const { status, output, errors } = await verify(original);
    expect({ status, output, errors }).toEqual({
      status: 0,
      output: `3 scripts loaded, each under its digest
7 commands agree with the table of Redis 7.0
9 examples hold, also when sent twice
each script ran as the user of its least-privilege line
`,
      errors: "",
    });
    expect(await redis.acl("LIST")).not.toContainEqual(expect.stringMatching(/moonpath-verify/));
    expect(await redis.keys("verify-*:{example:ann}:window")).toEqual([]);
    expect(await original.files()).not.toContain("generated/model.json");
  });

  test("reports a wrong example with its file, line, actual and expected reply", async () => {
    const { output, errors } = await failureAfter([
      "lua/board/submit.lua",
      "best=60 rank=0",
      "best=61 rank=0",
    ]);
    expect(
      errors,
    ).toBe(`lua/board/submit.lua:24:4: verify/example: "A better score counts." does not hold: best is 60 instead of 61
`);
    expect(output).toContain("3 scripts loaded");
    expect(output).not.toContain("examples hold");
  });

  test("reports a stored state that differs from the example", async () => {
    const { errors } = await failureAfter(["lua/board/submit.lua", "ann = 50", "ann = 40"]);
    expect(errors).toMatch(
      /^lua\/board\/submit\.lua:19:4: verify\/example: "A lower score changes nothing\." does not hold: afterwards, ZSCORE \S+ ann answers 50 instead of 40$/m,
    );
  });

  test("reports a missing error and a different error", async () => {
    const { errors } = await failureAfter(
      ["lua/board/top.lua", "error  CORRUPT score", "error  CORRUPT board"],
      ["lua/limit/take.lua", "SET {window} many PX 5000", "SET {window} 3 PX 5000"],
    );
    expect(errors).toMatch(
      /top\.lua:20:4: verify\/example: .* does not hold: the call fails with CORRUPT score/,
    );
    expect(errors).toMatch(
      /take\.lua:24:4: verify\/example: .* does not hold: the call replies instead of failing with CORRUPT window/,
    );
  });

  test("reports an example with an unknown argument", async () => {
    const { errors } = await failureAfter([
      "lua/board/submit.lua",
      "player=ann score=60",
      "player=ann score=60 extra=1",
    ]);
    expect(errors).toMatch(
      /submit\.lua:24:4: verify\/example: .* does not hold: the script has no argument extra$/m,
    );
  });

  test("reports a reply that differs when the same call is sent twice", async () => {
    const { errors } = await failureAfter(["lua/limit/take.lua", "@resend never a", "@resend safe a"]);
    expect(errors).toMatch(
      /take\.lua:16:4: verify\/example: "The first request .* does not hold: sent again, left is 6 instead of 8$/m,
    );
  });

  test("reports a state that changes when the same call is sent twice", async () => {
    const { errors } = await failureAfter(
      ["lua/limit/take.lua", "@resend never a", "@resend safe a"],
      [
        "lua/limit/take.lua",
        "@return count? left when granted",
        "@return count? left when granted: at most 5",
      ],
      ["lua/limit/take.lua", "left=8", "left=5"],
      ["lua/limit/take.lua", "capacity - used - amount\n", "math.min(capacity - used - amount, 5)\n"],
    );
    expect(errors).toMatch(
      /take\.lua:16:4: verify\/example: "The first request .* does not hold: sent again, the call changes <namespace>:\{example:ann\}:window$/m,
    );
  });
});

describe("moonpath-codegen verify on a server with users and databases", () => {
  test("runs the examples as the user of the generated ACL, not as the URL's user", async () => {
    const [owner, other] = [freshNamespace(), freshNamespace()];
    for (const user of [owner, other])
      await redis.acl("SETUSER", user, "on", `>${user}`, "~*", "&*", "+@all");
    const { host } = new URL(server.url);
    const url = `redis://${owner}:${owner}@${host}`;
    const ended = await verify(original, { REDIS_URL: url });
    const connection = await connect(readServer(url), { username: other, password: other });
    const seen = await connection.call("ACL", "WHOAMI");
    connection.disconnect();
    await redis.acl("DELUSER", owner, other);
    expect({ status: ended.status, errors: ended.errors, seen }).toEqual({
      status: 0,
      errors: "",
      seen: other,
    });
  });

  test("runs as that user in a database other than 0 and leaves no keys", async () => {
    const { status, errors } = await verify(original, { REDIS_URL: `${server.url}/5` });
    expect({ status, errors }).toEqual({ status: 0, errors: "" });
    expect(await redis.keys("verify-*:{example:*")).toEqual([]);
    await redis.select(5);
    expect(await redis.keys("verify-*:{example:*")).toEqual([]);
    await redis.select(0);
    expect(await redis.acl("LIST")).not.toContainEqual(expect.stringMatching(/moonpath-verify/));
  });

  test("fills in a key name with a digit and runs the lines after an error", async () => {
    const project = await original.copy();
    const keyspace = (await project.read("lua/keyspace.lua"))
      .replace("@alias key.window ", "@alias key.window2 ")
      .replaceAll("{window}", "{window2}");
    await project.write("lua/keyspace.lua", keyspace);
    const script = (await project.read("lua/limit/take.lua"))
      .replaceAll("key.window", "key.window2")
      .replaceAll("{window}", "{window2}");
    await project.write("lua/limit/take.lua", script);
    await project.edit(
      "lua/board/top.lua",
      "error  CORRUPT score\n",
      "error  CORRUPT score\n---  then   ZCARD {board} = 7\n",
    );
    const { status, errors } = await verify(project);
    expect(status).toBe(1);
    expect(errors).not.toContain("take.lua");
    expect(errors).toMatch(
      /top\.lua:20:4: verify\/example: .* afterwards, ZCARD \S+ answers 1 instead of 7$/m,
    );
  });
});

describe("moonpath-codegen verify without a usable server", () => {
  test.each([
    {
      url: "",
      status: 2,
      says: "verify needs a server; set --redis redis://host:6379 or REDIS_URL",
    },
    {
      url: "redis://a:1,redis://b:2",
      status: 2,
      says: "verify needs one server, but REDIS_URL names several",
    },
    {
      url: "redis://someone:secret@127.0.0.1:1",
      status: 1,
      says: "no server answers at redis://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1",
    },
  ])("fails for the URL $url with $says", async ({ url, status, says }) => {
    const ended = await verify(original, { REDIS_URL: url });
    expect(ended).toEqual({ status, output: "", errors: `${says}\n` });
  });

  test("refuses a node of a cluster", async () => {
    const [node = ""] = inject("clusterUrl").split(",");
    const ended = await verify(original, { REDIS_URL: node });
    expect(ended).toEqual({
      status: 2,
      output: "",
      errors: `verify needs a server without cluster mode, but ${readServer(node).name} is a node of a cluster\n`,
    });
  });

  test.each([
    {
      url: "redis://:sec/ret@127.0.0.1:1",
      status: 2,
      says: /^the server's URL is not valid; [^\n]*%2F[^\n]*\n$/,
    },
    { url: "redis://localhost:99999", status: 2, says: /^the server's URL is not valid; [^\n]*\n$/ },
    { url: "redis://localhost/five", status: 2, says: /^the server's URL is not valid; [^\n]*\n$/ },
    {
      url: "redis://:wr@ng@127.0.0.1:1",
      status: 1,
      says: /^no server answers at redis:\/\/127\.0\.0\.1:1: /,
    },
  ])("prints no password in its error for $url", async ({ url, status, says }) => {
    const ended = await verify(original, { REDIS_URL: url });
    expect(ended.errors).toMatch(says);
    expect(ended.errors).not.toMatch(/sec|ret@|ng@/);
    expect(ended.status).toBe(status);
  });

  test("reports a database that does not exist", async () => {
    const url = `${server.url}/99`;
    const ended = await verify(original, { REDIS_URL: url });
    expect({ status: ended.status, errors: ended.errors }).toEqual({
      status: 1,
      errors: `${readServer(url).name} rejects the connection: ERR DB index is out of range\n`,
    });
  });

  test("reports a user without the permission to create users", async () => {
    const user = freshNamespace();
    await redis.acl("SETUSER", user, "on", ">secret", "~*", "+@all", "-acl");
    const { host } = new URL(server.url);
    const { status, errors } = await verify(original, { REDIS_URL: `redis://${user}:secret@${host}` });
    await redis.acl("DELUSER", user);
    expect(status).toBe(1);
    expect(errors).toMatch(new RegExp(`^redis://${host} returned an error: NOPERM [^\n]*\n$`));
  });

  test("reports problems of scripts before it connects to a server", async () => {
    const project = await original.copy();
    await project.edit("lua/board/top.lua", "limit - 1", "9");
    const { status, errors } = await verify(project, { REDIS_URL: "redis://127.0.0.1:1" });
    expect(status).toBe(1);
    expect(errors).toContain("args/unused");
  });
});

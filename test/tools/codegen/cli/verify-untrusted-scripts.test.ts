import type { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RedisServer, startRedis } from "../../../../src/testing/index.js";
import { connect, readServer } from "../../../../tools/codegen/src/cli/server.js";
import { Project } from "../../../support/codegen/project.js";

let server: RedisServer;
let redis: Redis;
let project: Project;
beforeEach(async () => {
  server = await startRedis({ own: true });
  redis = await connect(readServer(server.url));
  project = await Project.create();
});
afterEach(async () => {
  redis.disconnect();
  await server.stop();
});

const env = () => ({ REDIS_URL: server.url });
const verify = () => project.runWith(env(), "verify");
const startVerify = () => project.start(["verify"], env());

/** Puts lines of Lua in front of the script's last return. */
async function insert(...lines: string[]): Promise<void> {
  const last = '  return "granted", capacity - used - amount\n';
  await project.edit("lua/limit/take.lua", last, `${lines.map((line) => `  ${line}\n`).join("")}${last}`);
}

async function expectNothingLeft(): Promise<void> {
  expect(await redis.acl("USERS")).toEqual(["default"]);
  expect(await redis.keys("verify-*")).toEqual([]);
}

describe("hole 2: moonpath-codegen verify", () => {
  test("refuses a waived FLUSHALL before it connects, and the server keeps its keys", async () => {
    await redis.set("keep", "me");
    await insert(
      "-- moonpath-allow commands/forbidden: the cache is rebuilt anyway",
      'redis.call("FLUSHALL")',
    );
    const { status, errors } = await verify();
    expect(status).toBe(1);
    expect(errors).toContain("waiver/refused: `commands/forbidden` cannot be waived");
    expect(errors).toContain("commands/forbidden: `FLUSHALL`");
    expect(await redis.get("keep")).toBe("me");
  });

  test("runs a waived foreign DEL as a user without the permission", async () => {
    await redis.set("keep", "me");
    await insert("-- moonpath-allow keys/undeclared: it is ours", 'redis.call("DEL", "keep")');
    const { status, errors } = await verify();
    expect(status).toBe(1);
    expect(errors).toMatch(
      /^lua\/limit\/take\.lua:\d+:4: verify\/acl: .* the call fails: .*(can.t access|No permissions to access) .*/m,
    );
    expect(await redis.get("keep")).toBe("me");
    await expectNothingLeft();
  });

  test("reports a line given or then whose key is outside of the namespace", async () => {
    await redis.set("keep}:window", "me");
    // The space ends the word: what is left of the pattern is a key of its own.
    const call = "  call   caller=ann amount=2 capacity=10 window_ms=60000\n";
    const text = await project.read("lua/limit/take.lua");
    expect(text).toContain(call);
    await project.write(
      "lua/limit/take.lua",
      text.replace(
        `---${call}`,
        `---  given  DEL {window}\n---${call.replace("caller=ann", 'caller="x} keep"')}`,
      ),
    );
    const { status, errors } = await verify();
    expect(status).toBe(1);
    expect(errors).toMatch(
      /verify\/example: .* does not hold: DEL \S+ keep\}:window: NOPERM .* \(an example can access only its own namespace\)$/m,
    );
    expect(await redis.get("keep}:window")).toBe("me");
    await expectNothingLeft();
  });

  test("reports other keys of the server, in every database, before it starts", async () => {
    await redis.mset("one", "1", "two", "2");
    await redis.select(3);
    await redis.set("three", "3");
    await redis.select(0);
    const { status, errors } = await verify();
    expect({ status, errors }).toEqual({
      status: 0,
      errors: `${readServer(server.url).name} holds 3 keys that verify did not write. Scripts and examples run as users without access to them. But a script can block this server or fill its memory, so use a disposable server\n`,
    });
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "leaves neither user nor key after %s",
    async (signal) => {
      await redis.call("CLIENT", "PAUSE", "10000", "WRITE");
      const running = await startVerify();
      await usersMade();
      running.child.kill(signal);
      await redis.call("CLIENT", "UNPAUSE");
      const { status, errors } = await running.ended;
      expect({ status, errors }).toEqual({
        status: 1,
        errors: "verify was stopped; it removed its keys and users\n",
      });
      await expectNothingLeft();
    },
  );

  test("leaves no user after the admin's connection is closed", async () => {
    await redis.call("CLIENT", "PAUSE", "10000", "WRITE");
    const running = await startVerify();
    await usersMade();
    await redis.call("CLIENT", "KILL", "USER", "default", "SKIPME", "yes");
    await redis.call("CLIENT", "UNPAUSE");
    const { status } = await running.ended;
    expect(status).toBe(1);
    expect(await redis.acl("USERS")).toEqual(["default"]);
  });

  /** Both users are there; the server answers no write, so that the run waits. */
  async function usersMade(): Promise<void> {
    for (let made: unknown = []; !Array.isArray(made) || made.length < 3; ) made = await redis.acl("USERS");
  }
});

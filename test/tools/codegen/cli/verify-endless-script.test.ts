import type { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RedisServer, startRedis } from "../../../../src/testing/index.js";
import { connect, readServer } from "../../../../tools/codegen/src/cli/server.js";
import { Project } from "../../../support/codegen/project.js";

let server: RedisServer;
let redis: Redis;
let project: Project;
beforeEach(async () => {
  server = await startRedis({ own: true, config: { "busy-reply-threshold": "100" } });
  redis = await connect(readServer(server.url));
  project = await Project.create();
});
afterEach(async () => {
  redis.disconnect();
  await server.stop();
});

const verify = () => project.runWith({ REDIS_URL: server.url }, "verify");

/**
 * The path through the script on which it replies that the window is used up; only the second
 * example takes it.
 */
const REFUSED = '    return "refused", nil';

/** A loop that ends for nobody, though each of its values may. */
const ENDLESS = "    -- at most 10 rounds\n    while amount > 0 do\n      amount = amount + 1\n    end\n";

async function withEndlessLoop(before: string): Promise<void> {
  await project.edit("lua/limit/take.lua", REFUSED, `${before}${ENDLESS}${REFUSED}`);
}

describe("moonpath-codegen verify of an endless script", () => {
  test("hole 9: stops and names the script and runs the next example", async () => {
    await withEndlessLoop("");
    await project.edit("lua/limit/take.lua", "error  CORRUPT window", "error  CORRUPT other");
    const { status, errors } = await verify();
    expect(errors.split("\n")).toEqual([
      expect.stringMatching(
        /^lua\/limit\/take\.lua:20:4: verify\/example: "A caller that has used up the window is refused\." does not hold: limit\.take: the call took longer than 2000 ms, and SCRIPT KILL stopped it$/,
      ),
      expect.stringMatching(/take\.lua:24:4: verify\/example: .* the call fails with CORRUPT window/),
      "",
    ]);
    expect(status).toBe(1);
    expect(await redis.acl("USERS")).toEqual(["default"]);
    expect(await redis.keys("*")).toEqual([]);
  });

  test("hole 9: names a script that has written and says that only SHUTDOWN NOSAVE ends it", async () => {
    await withEndlessLoop('    redis.call("SET", window, used, "PX", 1000)\n');
    const { status, errors } = await verify();
    expect(errors).toMatch(
      /^lua\/limit\/take\.lua:20:4: verify\/example: "A caller that has used up the window is refused\." does not hold: limit\.take: the call took longer than 2000 ms, and Redis refuses SCRIPT KILL because the script has written\. Only SHUTDOWN NOSAVE ends it/,
    );
    expect(errors).toContain("The examples after it did not run");
    expect(errors).toMatch(
      /^verify\/acl: the users moonpath-verify-\S+ and \S+ may still exist; delete them with: /m,
    );
    expect(status).toBe(1);
    await expect(redis.ping()).rejects.toThrow("BUSY");
  });
});

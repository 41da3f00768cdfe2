import { expect, test } from "vitest";
import { compareWithServer } from "../../../../tools/codegen/src/commands/compare.js";
import { REDIS_7_0 } from "../../../../tools/codegen/src/commands/redis-7.0.js";
import { readServerCommands, readServerRelease } from "../../../../tools/codegen/src/commands/server.js";
import { sharedRedis } from "../../../support/redis.js";

test("the table of commands equals the reply of Redis 7.0", async () => {
  const redis = sharedRedis({ protocol: 2 });
  const send = (command: string, ...args: string[]): Promise<unknown> => redis.call(command, ...args);
  const server = await readServerCommands(send);
  const { engine, version } = await readServerRelease(send);
  const oldest = engine === "redis" && version.startsWith("7.0.");
  // Newer servers changed commands that no script may run; these stayed.
  const stayed = ["HSET", "HMGET", "HGETALL", "SET", "GET", "ZADD", "ZRANGE", "DEL", "PEXPIRE", "TIME"];
  expect(compareWithServer(REDIS_7_0, server, oldest ? undefined : stayed)).toEqual([]);
});

import { test } from "vitest";
import { expectGood, expectProblems } from "../../../support/codegen/snippet.js";

const key = "hash key.hash write";

test("args/unused reports an argument that the script does not read", () => {
  expectProblems(
    { params: [key, "name id", "low units"], body: 'redis.call("DEL", hash)\n    return low and "done"' },
    ["args/unused contract 3 «name» the script does not read the argument `name`"],
  );
  expectGood({
    params: [key, "name id", "low units"],
    body: `
      local function later()
        return low
      end
      redis.call("HSET", hash, name, later())
      return "done"
    `,
  });
});

test("time/client-clock reports an argument that carries the client's clock", () => {
  const body = 'redis.call("HSET", hash, "at", now_ms)\n    return "done"';
  expectProblems({ params: [key, "now_ms epoch_ms"], body }, [
    "time/client-clock contract 3 «now_ms» `now_ms` comes from a client's clock, and clocks of clients differ",
  ]);
  expectProblems({ params: [key, "time epoch_ms"], body: body.replace("now_ms", "time") }, [
    "time/client-clock contract 3 «time» `time` comes from a client's clock, and clocks of clients differ",
  ]);
  expectGood({ params: [key, "starts_at_ms epoch_ms"], body: body.replace("now_ms", "starts_at_ms") });
  expectGood({
    params: [key],
    head: 'local now_ms = require("lib.now_ms")',
    body: body.replace("now_ms", "now_ms()"),
  });
});

import { expect, test } from "vitest";
import { scripts } from "../../../src/index.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

const redis = sharedRedis();

// The generated client always sends as many elements as it announces, so this calls the Lua itself.
test.each([
  { name: "an element less than announced", args: ["2", "lamp", "1", "60000"] },
  { name: "an element more than announced", args: ["1", "lamp", "1", "vase", "1", "60000"] },
  { name: "no argument behind the list", args: ["1", "lamp", "1"] },
])("a list with $name is refused, and nothing is written", async ({ args }) => {
  const tag = `${freshNamespace()}:{acme:0}`;
  const { lua } = scripts.views.add;
  await expect(redis.eval(lua, 2, `${tag}:views`, `${tag}:operation`, ...args)).rejects.toThrow(
    "ARGUMENT views.add expected as many arguments as its lists say",
  );
  expect(await redis.exists(`${tag}:views`, `${tag}:operation`)).toBe(0);
});

import { beforeAll, expect, test } from "vitest";
import { createCartWorker } from "../../src/cart/index.js";
import type { Moonpath, Tenant } from "../../src/index.js";
import { LEASE_MS, shopOnCluster, stockOf, stockUp } from "../support/cart/shop.js";

let moonpath: Moonpath;
let acme: Tenant;
beforeAll(async () => {
  ({ moonpath, acme } = await shopOnCluster());
});

const lines = [{ product: "lamp", units: 2 }];
const reserving = { cart: "c", lines, leaseMs: LEASE_MS };
const hostile = {
  get product(): string {
    throw new Error("SECRET");
  },
  units: 1,
};
const revoked = Proxy.revocable({}, {});
revoked.revoke();

const wrong = [
  ["reserve", undefined, "args"],
  ["reserve", null, "args"],
  ["reserve", revoked.proxy, "args"],
  ["reserve", { ...reserving, replace: {} }, "replace"],
  ["reserve", { ...reserving, cart: "" }, "cart"],
  ["reserve", { ...reserving, leaseMs: "soon" }, "leaseMs"],
  ["reserve", { ...reserving, rememberMs: 1 }, "rememberMs"],
  ["reserve", { ...reserving, lines: [hostile] }, "args"],
  ["reserve", { ...reserving, lines: [revoked.proxy] }, "args"],
  ["reserve", { ...reserving, replaces: { cart: "o", lines: [hostile] } }, "replaces"],
  ["commit", { cart: "c", lines, ifExpire: "retake" }, "ifExpire"],
  ["commit", { cart: "c", lines, ifExpired: "later" }, "ifExpired"],
  ["commit", { cart: "c", lines, prepareLimitMs: 1 }, "prepareLimitMs"],
  ["commit", { cart: "c", lines: [hostile] }, "args"],
  ["release", { cart: "c", lines, leaseMs: 1 }, "leaseMs"],
  ["release", { cart: "c", lines: [hostile] }, "args"],
  ["extend", { cart: "c", lines: 5, leaseMs: 1 }, "lines"],
  ["extend", { cart: "c", lines: [hostile], leaseMs: 1 }, "args"],
] as const;

// A proxy that cannot be read has no place in the name of a test.
test.each(wrong.map(([name, , argument], index) => [name, argument, index] as const))(
  "cart.%s names the wrong argument %s (%i)",
  async (name, argument, index) => {
    const call = Reflect.apply(acme.cart[name], acme.cart, [wrong[index]?.[1]]);
    await expect(call).rejects.toMatchObject({ code: "ARGUMENT", argument });
    await expect(call).rejects.not.toThrow("SECRET");
  },
);

test("extend changes no line if the end of another one is wrong", async () => {
  await stockUp(acme, { lamp: 5, vase: 5 });
  const two = [...lines, { product: "vase", units: 1 }];
  const held = await acme.cart.reserve({ cart: "c", lines: two, leaseMs: LEASE_MS });
  if (held.outcome !== "reserved") throw new Error(held.outcome);
  const [lamp, vase] = held.lines;
  if (!lamp || !vase) throw new Error("two lines were reserved");
  const wrong = { cart: "c", lines: [lamp, { ...vase, leaseEndsMs: Number.NaN }], leaseMs: 2 * LEASE_MS };
  await expect(acme.cart.extend(wrong)).rejects.toMatchObject({ argument: "lines[1].leaseEndsMs" });
  const right = await acme.cart.extend({ ...wrong, lines: held.lines });
  expect(right.lines.map(({ outcome }) => outcome)).toEqual(["extended", "extended"]);
  expect(await stockOf(acme, "lamp", "vase")).toEqual(["lamp 5 3", "vase 5 4"]);
});

test("the worker refuses wrong options and carts", async () => {
  for (const [options, argument] of [
    [5, "options"],
    [{ onDeadLetter: 5 }, "onDeadLetter"],
    [{ onError: "x" }, "onError"],
    [{ retry: 5 }, "retry"],
  ] as const) {
    expect(() => Reflect.apply(createCartWorker, undefined, [moonpath, options])).toThrow(
      `argument ${argument}:`,
    );
  }
  const worker = createCartWorker(moonpath);
  for (const call of [worker.redrive, worker.discard]) {
    await expect(Reflect.apply(call, worker, [])).rejects.toMatchObject({
      code: "ARGUMENT",
      argument: "cart",
    });
  }
});

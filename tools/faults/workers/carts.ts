import { setTimeout as pause } from "node:timers/promises";
import { Cluster } from "ioredis";
import { createMoonpath, MoonpathError } from "../../../src/index.js";
import { LEASE_MS, linesOf, PREPARE_LIMIT_MS, REMEMBER_MS } from "../support/carts.js";
import { numberField, report, taskOf, textField } from "../support/in-worker.js";

// Reserves and commits carts, several at once. It kills itself between two calls, after so many
// calls. The control commits the lines of a cart one after the other.
const task = taskOf();
const password = textField(task, "password");
const dieAfter = numberField(task, "dieAfter");
const oneByOne = numberField(task, "oneByOne") === 1;
const places = textField(task, "ports").split(",");
const redis = new Cluster(
  places.map((port) => ({ host: "127.0.0.1", port: Number(port) })),
  { redisOptions: password === "" ? {} : { password } },
);
redis.on("error", () => {});
let calls = 0;
const moonpath = createMoonpath(redis, {
  namespace: textField(task, "namespace"),
  deadlineMs: 5_000,
  observers: [
    {
      onCall() {
        calls += 1;
        if (dieAfter > 0 && calls >= dieAfter) process.kill(process.pid, "SIGKILL");
      },
    },
  ],
});
const { cart: carts, stock } = moonpath.tenant("shop");
const name = textField(task, "name");
const count = numberField(task, "count");
let next = 0;

async function order(cart: string): Promise<void> {
  const lines = linesOf(cart);
  const held = await carts.reserve({ cart, lines, leaseMs: LEASE_MS, rememberMs: REMEMBER_MS });
  if (held.outcome === "refused") return;
  const choice = Math.random();
  if (choice < 0.1) {
    await carts.release({ cart, lines, rememberMs: REMEMBER_MS });
    return;
  }
  // Some payments come after the lease.
  if (choice < 0.2) await pause(LEASE_MS);
  if (oneByOne) {
    for (const { product } of lines)
      await stock.commit({ product, reservation: cart, rememberMs: REMEMBER_MS });
    return;
  }
  const sale = await carts.commit({
    cart,
    lines,
    ifExpired: Math.random() < 0.5 ? "retake" : "refuse",
    prepareLimitMs: PREPARE_LIMIT_MS,
    rememberMs: REMEMBER_MS,
  });
  if (sale.outcome !== "committed") return;
  report(cart);
  // Half of the callers do not wait for the lines.
  if (Math.random() < 0.5) await sale.followed;
}

async function shopper(): Promise<void> {
  while (next < count) {
    await order(`${name}-${next++}`).catch((error: unknown) => {
      if (!(error instanceof MoonpathError)) throw error;
    });
  }
}
await Promise.all(Array.from({ length: 8 }, shopper));
await pause(200);
process.exit(0);

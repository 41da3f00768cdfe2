import { afterAll, expect, test } from "vitest";
import model from "../../../generated/model.json" with { type: "json" };
import { nowMs, send } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { count, type Repair, stockRepairs } from "../../support/lua/repairs/stock.js";
import { endReservation, hour } from "../../support/lua/reservations.js";
import { freshTenant } from "../../support/lua/tenants.js";

/** The `@corrupt` rows of the keys of stock, as the review sheets print them. */
const rows = model.keys
  .filter(({ owner }) => owner === "stock")
  .flatMap(({ name, corrupt = [] }) => corrupt.map((row) => ({ key: name, ...row })));

const context = freshTenant();
const { redis, tenant } = context;
const { stock, scripts } = tenant;
const rememberMs = hour;
const { repairs, calls, keysOf, memberOf, sweep, levels } = stockRepairs(context);

function rowOf(what: string) {
  const row = rows.find((one) => one.what === what);
  if (row === undefined) throw new Error(`no key has @corrupt ${what}`);
  return row;
}

/** Two warehouses, a reservation whose lease has ended, and a released one. */
async function prepared(product: string) {
  await stock.setLevel({ product, ...count, sequence: 9 });
  await stock.setLevel({ product, ...count, warehouse: "paris", quantity: 7, sequence: 1 });
  for (const reservation of ["cart-1", "cart-2"])
    await stock.reserve({ product, reservation, units: 3, leaseMs: hour, rememberMs });
  await stock.release({ product, reservation: "cart-2", rememberMs });
  await endReservation(context, product, "cart-1");
}

const textsOf = (product: string, lines: readonly string[], fill: Repair["fill"] = {}) =>
  lines.map((line) =>
    Object.entries(fill)
      .reduce((text, [word, value]) => text.replaceAll(word, value), line)
      .replaceAll("{member}", memberOf(product)),
  );

/** A DBA's own connection. */
const session = redis.duplicate();
afterAll(() => session.disconnect());

/** Runs the words of a row one after another, as a DBA does. */
async function repair(product: string, { what, steps, fill = {} }: Repair) {
  const row = rowOf(what);
  const own = keysOf(product);
  let from = 0;
  for (const step of steps) {
    from = row.repair.indexOf(step, from);
    expect(from, `${step} in: ${row.repair}`).toBeGreaterThanOrEqual(0);
    const call = calls[step];
    if (call !== undefined) {
      await call(product);
      continue;
    }
    const text = await redis.hget(own.reservations, fill["<reservation>"] ?? "");
    const texts = await redis.hvals(own.reservations);
    const filled = {
      "<sum of the texts held and prepared>": sumOf(texts, /^(?:held|prepared) (\d+) /),
      "<sum of the texts prepared>": sumOf(texts, /^prepared (\d+) /),
      "<member>": memberOf(product),
      ...fill,
      "<the time in its text>": text?.split(" ")[2] ?? "",
      "<the present time in milliseconds>": String(await nowMs(redis)),
    };
    const [reply] = await send(session, own, textsOf(product, [step], filled));
    if (step === "EXEC") expect(reply).toHaveLength(1);
  }
}

const sumOf = (texts: readonly string[], words: RegExp) =>
  String(texts.reduce((sum, text) => sum + Number(words.exec(text)?.[1] ?? 0), 0));

/** The call ends in this error. If the sweeper made it, it sets the product aside. */
async function fail(product: string, { what, call }: Repair) {
  const error = await failure((call ?? sweep)(product));
  expect(error).toMatchObject({ code: "CORRUPT", message: expect.stringContaining(what) });
  if (call !== undefined) return;
  const own = keysOf(product);
  const dueMs = Number(await redis.zscore(own.slot_due, memberOf(product)));
  const member = memberOf(product);
  await scripts.slot.setAside({ product, member, dueMs, reason: `CORRUPT ${what}` });
  expect(await redis.zscore(own.slot_due, member)).toBeNull();
  await send(redis, own, rowOf(what).look.split(" and "));
}

/** The call works, the levels are kept, no earlier event is let in, and a sweep frees the units. */
async function expectRepaired(product: string, { call = sweep, forgets, what }: Repair) {
  const own = keysOf(product);
  expect(await redis.zscore(own.slot_due, memberOf(product))).not.toBeNull();
  await expect(call(product)).resolves.toBeDefined();
  expect(await redis.hexists(own.slot_dead, memberOf(product))).toBe(0);
  const late = await stock.setLevel({ product, ...count, quantity: 99, sequence: 8 });
  expect(late).toMatchObject({ outcome: "stale" });
  await sweep(product);
  if (forgets || what === "forget-operation") {
    expect(await levels(product)).toEqual({ outcome: "unknown" });
    return;
  }
  const sold = what === "stock-operation" ? 1 : 0;
  expect(await levels(product)).toMatchObject({ total: 12 - sold, available: 12 - sold });
  expect(await stock.recount({ product })).toMatchObject({ outcome: "correct" });
  expect(await redis.hmget(own.stock, "level:berlin", "level:paris")).toEqual(["5", String(7 - sold)]);
}

test.each(repairs.map((row, position) => ({ ...row, position })))(
  "CORRUPT $what, repair $position: $steps",
  async (row) => {
    const product = `lamp-${row.position}`;
    await prepared(product);
    await send(redis, keysOf(product), textsOf(product, row.corrupt));
    await fail(product, row);
    await repair(product, row);
    await row.after?.(product);
    await expectRepaired(product, row);
  },
);

const deletions = repairs.filter(({ what }) => rowOf(what).remove.length > 0);

test.each(deletions.map((row, position) => ({ ...row, position })))(
  "CORRUPT $what, deletion $position",
  async (row) => {
    const product = `vase-${row.position}`;
    const own = keysOf(product);
    await prepared(product);
    await send(redis, own, textsOf(product, row.corrupt));
    await fail(product, row);
    const { remove, key } = rowOf(row.what);
    await send(redis, own, [`DEL ${remove.map((name) => `{${name}}`).join(" ")}`]);
    if (key === "slot_due") return;
    for (const step of ["call stock.recount", "call slot.redrive"]) await calls[step]?.(product);
    await expectRepaired(product, row);
  },
);

test("every command of a row is in a repair above", () => {
  for (const { what, repair: text } of rows) {
    const commands = text.match(/(?<=^|, |[Tt]hen |or )(?:[A-Z]{3,} \{[a-z_]+\}|call \w+\.\w+)/g) ?? [];
    const steps = repairs.filter((row) => row.what === what).flatMap((row) => row.steps);
    expect(commands.length, what).toBeGreaterThan(0);
    for (const command of commands)
      expect(
        steps.some((step) => step.startsWith(command)),
        `${what}: ${command}`,
      ).toBe(true);
  }
});

test("no row tells to delete the stock, because it has the sequences of events", () => {
  expect(rows.filter(({ remove }) => (remove as readonly string[]).includes("stock"))).toEqual([]);
});

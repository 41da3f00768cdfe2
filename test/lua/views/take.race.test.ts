import { expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { scripts, type ViewsTakeReply } from "../../../src/index.js";
import { connections } from "../../support/lua/connections.js";
import { without } from "../../support/lua/mutated.js";
import { freshNamespace } from "../../support/redis.js";

const { add, take, ack } = scripts.views;

type Views = { readonly add: typeof add; readonly take: typeof take; readonly ack: typeof ack };

const shard = "shard-0";
const adds = 60;

/** A table that takes each batch once, as `insert … on conflict do nothing` does. */
class Table {
  readonly batches = new Map<number, number>();
  /** Batches that do not name the one which the table took before them. */
  astray = 0;
  private latest: number | undefined;

  apply({ batch, views, previous }: Extract<ViewsTakeReply, { outcome: "batch" }>): void {
    if (!this.batches.has(batch)) {
      if (previous !== this.latest) this.astray++;
      this.latest = batch;
      this.batches.set(
        batch,
        views.reduce((sum, { count }) => sum + count, 0),
      );
    }
  }

  get total(): number {
    return [...this.batches.values()].reduce((sum, count) => sum + count, 0);
  }
}

/**
 * Adders count views, each addition sent on two connections at once, while takers bring them to the
 * table. Every second taker dies between its batch and the table; every acknowledgement is sent
 * again when the next batch is taken.
 */
async function race(views: Views) {
  const namespace = freshNamespace();
  const clients = (await connections(8)).map((redis) =>
    createScriptClient(redis, { views }, { namespace, deadlineMs: 15_000 }).tenant("acme"),
  );
  const [first, ...others] = clients;
  if (!first) throw new Error("no connection");
  const [one = first, two = first, ...takers] = others;
  const table = new Table();
  let counted = 0;
  let open = true;

  const count = async (number: number, senders = [first, one, two]) => {
    const viewed = [{ product: `product-${number % 9}`, count: 3 }];
    const addition = { shard, operation: `page-${number}`, views: viewed, rememberMs: 60_000 };
    await Promise.all(senders.map((sender) => sender.views.add(addition)));
    counted += 3;
  };
  const bring = async (taker: typeof first, dies: boolean): Promise<boolean> => {
    const reply = await taker.views.take({ shard, limit: 4 });
    if (reply.outcome === "empty") return false;
    // Numbers have gaps: any below this one stands for all that are long over.
    await taker.views.ack({ shard, batch: reply.batch - 1 });
    if (dies) return true;
    table.apply(reply);
    await taker.views.ack({ shard, batch: reply.batch });
    return true;
  };

  await count(0);
  await bring(first, false);
  const adding = (async () => {
    for (let number = 1; number < adds - 1; number++) await count(number);
    open = false;
  })();
  const taking = takers.map(async (taker, position) => {
    for (let round = position; open; round++) await bring(taker, round % 2 === 0);
  });
  await Promise.all([adding, ...taking]);
  // The last addition is surely in a batch whose taker dies. Far more rounds than what is left
  // needs.
  await count(adds - 1);
  await bring(first, true);
  for (let round = 0; round < 100 && (await bring(first, false)); round++);
  return { counted, inTable: table.total, astray: table.astray };
}

test("each view reaches the table once despite repeated calls and crashes, and batches name their predecessor", async () => {
  expect(await race({ add, take, ack })).toEqual({ counted: adds * 3, inTable: adds * 3, astray: 0 });
});

test("a repeated batch names no predecessor if views.take does not store the number", async () => {
  const guardless = without(take, "if batch then", "if false then");
  const { counted, inTable, astray } = await race({ add, take: guardless, ack });
  expect(inTable).toBe(counted);
  expect(astray).toBeGreaterThan(0);
});

test("the views of a crashed client are lost if views.take ignores the pending batch", async () => {
  const guardless = without(take, "if field_count > 0 then", "if false then");
  const { counted, inTable } = await race({ add, take: guardless, ack });
  expect(inTable).toBeLessThan(counted);
});

test("a repeated addition is counted twice if views.add does not check the operation", async () => {
  const guardless = without(
    add,
    'if redis.call("SET", views_operation, "counted", "NX", "GET", "PX", remember_ms_digits) then',
    "if false then",
  );
  const { counted, inTable } = await race({ add: guardless, take, ack });
  expect(inTable).toBeGreaterThan(counted);
});

test("views are counted twice if views.take does not remove what it returns", async () => {
  const guardless = without(take, 'redis.call("HDEL", pending_views, unpack(products))', "");
  const { counted, inTable } = await race({ add, take: guardless, ack });
  expect(inTable).toBeGreaterThan(counted);
});

test("a late acknowledgement loses the next batch if views.ack does not check the number", async () => {
  const guardless = without(ack, "if batch == last_batch then", "if true then");
  const { counted, inTable } = await race({ add, take, ack: guardless });
  expect(inTable).toBeLessThan(counted);
});

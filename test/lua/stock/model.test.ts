import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { checkModel, freshName, modelLimitMs } from "../support/property.js";
import { freshTenant } from "../support/tenants.js";

const { redis, scope, tenant } = freshTenant();
const low = 3;

type Command =
  | { readonly do: "apply"; readonly warehouse: string; readonly quantity: number; readonly sequence: number }
  | {
      readonly do: "adjust";
      readonly operation: string;
      readonly change: number;
      readonly warehouse: string | undefined;
      readonly backorder: boolean;
    }
  | { readonly do: "hold"; readonly units: number }
  | { readonly do: "read" };

const warehouse = fc.constantFrom("a", "b", "c");
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    do: fc.constant("apply" as const),
    warehouse,
    quantity: fc.integer({ min: 0, max: 9 }),
    sequence: fc.integer({ min: 0, max: 9 }),
  }),
  fc.record({
    do: fc.constant("adjust" as const),
    operation: fc.constantFrom("p", "q", "r", "s", "t", "u", "v", "w"),
    change: fc.integer({ min: -9, max: 9 }),
    warehouse: fc.option(warehouse, { nil: undefined }),
    backorder: fc.boolean(),
  }),
  fc.record({ do: fc.constant("hold" as const), units: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ do: fc.constant("read" as const) }),
);

interface Answer {
  readonly outcome: "adjusted" | "refused";
  readonly total: number;
  readonly available: number;
}

/** A product's stock in a few lines. */
class Stock {
  readonly levels = new Map<string, number>();
  readonly sequences = new Map<string, number>();
  readonly answers = new Map<string, Answer>();
  /** What reservations hold; absent until the first of them. */
  held: number | undefined;

  get total(): number {
    return [...this.levels.values()].reduce((sum, level) => sum + level, 0);
  }

  get available(): number {
    return this.total - (this.held ?? 0);
  }

  run(step: Command): object {
    switch (step.do) {
      case "apply":
        return this.apply(step);
      case "adjust":
        return this.adjust(step);
      case "hold":
        if (this.levels.size > 0) this.held = step.units;
        return {};
      case "read":
        return this.read();
    }
  }

  private read(): object {
    const levels = [...this.levels].sort().map(([name, quantity]) => ({ warehouse: name, quantity }));
    if (levels.length === 0) return { outcome: "unknown" };
    const { total, available } = this;
    return { outcome: "known", total, status: statusOf(available), levels, available };
  }

  private apply(step: Extract<Command, { do: "apply" }>): object {
    const latest = this.sequences.get(step.warehouse) ?? -1;
    const outcome = step.sequence > latest ? "applied" : step.sequence === latest ? "repeated" : "stale";
    if (outcome === "applied") {
      this.levels.set(step.warehouse, step.quantity);
      this.sequences.set(step.warehouse, step.sequence);
    }
    return { outcome, total: this.total, status: statusOf(this.available), available: this.available };
  }

  private adjust({
    operation,
    change,
    warehouse: only,
    backorder,
  }: Extract<Command, { do: "adjust" }>): object {
    const known = this.answers.get(operation);
    if (known) return { ...known, repeated: true, status: statusOf(known.available) };
    const names = [...this.levels.keys()].filter((name) => only === undefined || name === only).sort();
    if (names.length === 0) return { outcome: "unknown" };
    const level = (name: string) => this.levels.get(name) ?? 0;
    const there = names.reduce((sum, name) => sum + Math.max(level(name), 0), 0);
    const short = change < 0 && (-change > there || this.available + change < 0);
    const outcome = short && !backorder ? "refused" : "adjusted";
    if (outcome === "adjusted") this.move(names, change);
    const answer: Answer = { outcome, total: this.total, available: this.available };
    this.answers.set(operation, answer);
    return { ...answer, repeated: false, status: statusOf(answer.available) };
  }

  /** One unit at a time from the warehouse that was the fullest at the start; all of a return to the emptiest. */
  private move(names: readonly string[], change: number): void {
    const level = (name: string) => this.levels.get(name) ?? 0;
    const direction = change < 0 ? -1 : 1;
    const inTurn = [...names].sort((one, other) => (level(one) - level(other)) * direction);
    const first = inTurn[0] ?? "";
    for (let unit = 0; unit < Math.abs(change); unit++) {
      const from = change > 0 ? first : (inTurn.find((name) => level(name) > 0) ?? first);
      this.levels.set(from, level(from) + direction);
    }
  }
}

function statusOf(total: number): string {
  if (total <= 0) return "out_of_stock";
  return total <= low ? "low_stock" : "in_stock";
}

async function send(product: string, step: Command, stock: Stock): Promise<object> {
  switch (step.do) {
    case "apply":
      return tenant.stock.apply({ product, low, ...step });
    case "adjust":
      return tenant.stock.adjust({ product, low, rememberMs: 60_000_000, ...step });
    case "hold":
      if (stock.levels.size > 0) await redis.hset(keys.stock(scope, product), { held: step.units });
      return {};
    case "read":
      return tenant.stock.read({ product, low });
  }
}

test("stock does as its model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const product = freshName();
    const stock = new Stock();
    for (const step of commands)
      expect(await send(product, step, stock), JSON.stringify(step)).toEqual(stock.run(step));
    const fields: Record<string, string> = {};
    for (const [name, level] of stock.levels) fields[`level:${name}`] = String(level);
    for (const [name, sequence] of stock.sequences) fields[`seq:${name}`] = String(sequence);
    if (stock.levels.size > 0) fields["total"] = String(stock.total);
    if (stock.held !== undefined) fields["held"] = String(stock.held);
    expect(await redis.hgetall(keys.stock(scope, product))).toEqual(fields);
  });
});

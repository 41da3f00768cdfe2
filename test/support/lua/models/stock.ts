import type { Command } from "./stock/commands.js";
import * as reservations from "./stock/reservations.js";
import { StockState } from "./stock/state.js";
import { statusOf } from "./stock/status.js";
import * as warehouses from "./stock/warehouses.js";

export { type Command, command } from "./stock/commands.js";
export { endedForGood } from "./stock/reservations.js";
export { low } from "./stock/status.js";

/** A product's stock in a few lines: what each script does to it, and what it answers. */
export class StockModel extends StockState {
  /** Runs one command, and publishes a change of the status if the product was watched before. */
  run(step: Command): object {
    const { watch, available: before } = this;
    const reply = this.#answer(step);
    const after = this.available;
    if (watch === undefined || after === before) return reply;
    const [statusBefore, status] = [statusOf(before, watch.low), statusOf(after, watch.low)];
    if (status !== statusBefore) this.published.push(`${statusBefore} ${status} ${after}`);
    // The replies of these two have the status for the caller's own `low`.
    return step.do === "apply" || step.do === "adjust" ? reply : { ...reply, statusBefore, status };
  }

  #answer(step: Command): object {
    switch (step.do) {
      case "apply":
        return warehouses.apply(this, step);
      case "adjust":
        return warehouses.adjust(this, step);
      case "read":
        return this.levels.size === 0 ? { outcome: "unknown" } : { outcome: "known", ...this.shown() };
      case "watch":
        return warehouses.watch(this, step);
      case "levels":
        return warehouses.levels(this);
      case "forget":
        return warehouses.forget(this, step);
      case "dropWarehouse":
        return warehouses.dropWarehouse(this, step);
      case "extend":
        return reservations.extend(this, step);
      case "reserve":
        return reservations.reserve(this, step);
      case "resize":
        return reservations.resize(this, step);
      case "commit":
        return reservations.commit(this, step);
      case "release":
        return reservations.release(this, step);
      case "sweep":
        return reservations.sweep(this, step);
      case "wait":
        this.now += step.ticks;
        return {};
    }
  }
}

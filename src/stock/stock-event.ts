import type { StockReadReply } from "../../generated/ts/index.js";

type StockStatus = Extract<StockReadReply, { outcome: "known" }>["status"];

/** A change of a product's status, or a gap: messages may have been lost, so read the stock again. */
export type StockEvent =
  | {
      readonly type: "status";
      readonly tenant: string;
      readonly product: string;
      readonly statusBefore: StockStatus;
      readonly status: StockStatus;
      /** The total minus held units, after the change. */
      readonly available: number;
    }
  | {
      readonly type: "gap";
      /** reconnected: the connection was lost; full: the program took the events too slowly. */
      readonly reason: "reconnected" | "full";
    };

const statuses: readonly StockStatus[] = ["in_stock", "low_stock", "out_of_stock"];

/** Reads a message of lua/lib/stock/status_change.lua; undefined if it is none. */
export function stockEventOf(channel: string, text: string): StockEvent | undefined {
  const [, tenant, product] = /\{([^:{}]+):([^{}]+)\}:stock$/.exec(channel) ?? [];
  const [before, after, units, ...rest] = text.split(" ");
  const statusBefore = statuses.find((status) => status === before);
  const status = statuses.find((one) => one === after);
  const available = Number(units);
  if (tenant === undefined || product === undefined || rest.length > 0) return undefined;
  if (statusBefore === undefined || status === undefined || !Number.isSafeInteger(available))
    return undefined;
  return { type: "status", tenant, product, statusBefore, status, available };
}

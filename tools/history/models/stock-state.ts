import type { StockAdjustArgs, StockAdjustReply } from "../../../generated/ts/stock/adjust.js";
import type { StockCommitArgs, StockCommitReply } from "../../../generated/ts/stock/commit.js";
import type { StockReadArgs, StockReadReply } from "../../../generated/ts/stock/read.js";
import type { StockReleaseArgs, StockReleaseReply } from "../../../generated/ts/stock/release.js";
import type { StockReserveArgs, StockReserveReply } from "../../../generated/ts/stock/reserve.js";
import type { StockResizeArgs, StockResizeReply } from "../../../generated/ts/stock/resize.js";
import type { Span } from "./time.js";

export type StockOperation =
  | { readonly name: "adjust"; readonly args: StockAdjustArgs; readonly reply: StockAdjustReply | undefined }
  | {
      readonly name: "reserve";
      readonly args: StockReserveArgs;
      readonly reply: StockReserveReply | undefined;
    }
  | { readonly name: "resize"; readonly args: StockResizeArgs; readonly reply: StockResizeReply | undefined }
  | { readonly name: "commit"; readonly args: StockCommitArgs; readonly reply: StockCommitReply | undefined }
  | {
      readonly name: "release";
      readonly args: StockReleaseArgs;
      readonly reply: StockReleaseReply | undefined;
    }
  | { readonly name: "read"; readonly args: StockReadArgs; readonly reply: StockReadReply | undefined };

export type Ask<Name extends StockOperation["name"]> = Extract<StockOperation, { name: Name }>;

export interface Reservation {
  readonly state: "held" | "committed" | "released" | "expired";
  readonly units: number;
  /** When its lease ends, as far as replies have told it. */
  readonly ends: Span;
}

export interface StockState {
  /** Redis's clock is not earlier than this. */
  readonly nowMs: number;
  readonly total: number;
  readonly held: number;
  readonly reservations: ReadonlyMap<string, Reservation>;
  /** The remembered answers, by the script and the operation. */
  readonly answers: ReadonlyMap<string, Answer>;
}

export interface Answer {
  readonly outcome: string;
  /** The arguments that the script compares. */
  readonly asked: string;
  readonly total?: number;
  readonly available?: number;
  readonly missing?: number;
}

/** What a call did to the state, and what it replied. */
export interface Effect {
  readonly state: StockState;
  readonly reply: Answered;
}

/** The fields of a reply that the model compares. */
export interface Answered {
  readonly outcome: string;
  readonly repeated?: boolean;
  readonly total?: number;
  readonly available?: number;
  readonly missing?: number;
  readonly leaseEndsMs?: Span;
}

import type { LimitPeekArgs, LimitPeekReply } from "../../../generated/ts/limit/peek.js";
import type { LimitResetArgs, LimitResetReply } from "../../../generated/ts/limit/reset.js";
import type { LimitTakeArgs, LimitTakeReply } from "../../../generated/ts/limit/take.js";

export type RateLimitOperation =
  | { readonly name: "take"; readonly args: LimitTakeArgs; readonly reply: LimitTakeReply | undefined }
  | { readonly name: "peek"; readonly args: LimitPeekArgs; readonly reply: LimitPeekReply | undefined }
  | { readonly name: "reset"; readonly args: LimitResetArgs; readonly reply: LimitResetReply | undefined };

export type Ask<Name extends RateLimitOperation["name"]> = Extract<RateLimitOperation, { name: Name }>;

/** What the script remembers of an operation. A reset has no cost. */
export interface RememberedOutcome {
  readonly outcome: "allowed" | "refused" | "reset";
  readonly cost: number;
}

import type { LimitEnterArgs, LimitEnterReply } from "../../../generated/ts/limit/enter.js";
import type { LimitLeaveArgs, LimitLeaveReply } from "../../../generated/ts/limit/leave.js";
import type { LimitRenewArgs, LimitRenewReply } from "../../../generated/ts/limit/renew.js";
import type { Span } from "./time.js";

export type PermitOperation =
  | { readonly name: "enter"; readonly args: LimitEnterArgs; readonly reply: LimitEnterReply | undefined }
  | { readonly name: "renew"; readonly args: LimitRenewArgs; readonly reply: LimitRenewReply | undefined }
  | { readonly name: "leave"; readonly args: LimitLeaveArgs; readonly reply: LimitLeaveReply | undefined };

export type Ask<Name extends PermitOperation["name"]> = Extract<PermitOperation, { name: Name }>;

/** The last grant of a permit. It stays known after its end. */
export interface Grant {
  readonly owner: string;
  /** One fence, or all fences that the grant can have if no reply has told it. */
  readonly fence: Span;
  readonly ends: Span;
  /** Its holder has left, or a call has found that its lease had ended. */
  readonly hasLeft: boolean;
}

export interface PermitState {
  /** Redis's clock is not earlier than this. */
  readonly nowMs: number;
  /** By their numbers. */
  readonly permits: readonly Grant[];
  /** Owners that cannot enter any more. `busy`: another call without waiting may find all permits held. */
  readonly owners: ReadonlyMap<string, "busy" | "ended">;
}

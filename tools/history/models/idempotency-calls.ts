import type { IdempotencyBeginArgs, IdempotencyBeginReply } from "../../../generated/ts/idempotency/begin.js";
import type {
  IdempotencyCompleteArgs,
  IdempotencyCompleteReply,
} from "../../../generated/ts/idempotency/complete.js";
import type { IdempotencyFailArgs, IdempotencyFailReply } from "../../../generated/ts/idempotency/fail.js";

export type RequestOperation =
  | {
      readonly name: "begin";
      readonly args: IdempotencyBeginArgs;
      readonly reply: IdempotencyBeginReply | undefined;
    }
  | {
      readonly name: "complete";
      readonly args: IdempotencyCompleteArgs;
      readonly reply: IdempotencyCompleteReply | undefined;
    }
  | {
      readonly name: "fail";
      readonly args: IdempotencyFailArgs;
      readonly reply: IdempotencyFailReply | undefined;
    };

export type Ask<Name extends RequestOperation["name"]> = Extract<RequestOperation, { name: Name }>;
